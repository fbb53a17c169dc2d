// The list on screen. It lives in the page's own tree, so that its changes are seen as ui.update.
import { html, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Todo, TodoUpdate } from './todo.ts';

export class TodoList {
  private todos = new Map<number, Todo>();

  constructor(
    private readonly list: HTMLElement,
    private readonly openCount: HTMLElement,
    private readonly onToggle: (todo: Todo, done: boolean) => void,
  ) {}

  reset(todos: Todo[]) {
    this.todos = new Map(todos.map((todo) => [todo.id, todo]));
    this.render();
  }

  apply(updates: TodoUpdate[]) {
    for (const { data } of updates) this.todos.set(data.todo.id, data.todo);
    this.render();
  }

  private render() {
    const todos = [...this.todos.values()].sort((a, b) => b.id - a.id);
    const open = todos.filter(({ done }) => !done).length;
    this.openCount.textContent = `${open} open`;
    render(
      repeat(todos, ({ id }) => id, this.renderTodo),
      this.list,
    );
  }

  private readonly renderTodo = (todo: Todo) => html`
    <li class=${todo.done ? 'done' : ''}>
      <label>
        <input type="checkbox" .checked=${todo.done} @click=${(event: Event) => this.toggle(event, todo)}>
        <span class="todo-title">${todo.title}</span>
      </label>
    </li>
  `;

  private toggle(event: Event, todo: Todo) {
    // The box follows the broadcast, as everything on this page does.
    event.preventDefault();
    this.onToggle(todo, !todo.done);
  }
}
