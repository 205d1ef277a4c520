// The theme lets wide tables scroll; a keyboard can scroll only what it can go to.
window.addEventListener("load", () => {
  for (const frame of document.querySelectorAll(".md-typeset__scrollwrap")) {
    frame.tabIndex = 0
  }
})
