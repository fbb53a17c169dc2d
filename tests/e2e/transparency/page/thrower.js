// A script of the page's own, so that what it throws has a file and a line that no wrapper has.
window.throwIt = (error) => {
  throw error;
};
