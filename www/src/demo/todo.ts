// What the to-do backend sends.
import type { Update } from './updates.ts';

export interface Todo {
  id: number;
  title: string;
  done: boolean;
  createdAt: number;
}

export type TodoUpdate = Update<{ todo: Todo; open: number }>;
