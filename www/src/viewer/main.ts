// The viewer's entry: defines the elements that index.html uses.
import './trace-viewer.ts';
