// The theme lets wide tables scroll; a keyboard can scroll only what it can go to.
window.addEventListener("load", () => {
  for (const frame of document.querySelectorAll(".md-typeset__scrollwrap")) {
    frame.tabIndex = 0
  }
})

// On paper nobody can unfold an answer.
window.addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not([open])")) {
    folded.open = true
    window.addEventListener("afterprint", () => { folded.open = false }, { once: true })
  }
})
