// Lays every formula out: Sphinx's own (.math), and those that objects print in HTML.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const options = { throwOnError: false, strict: "ignore" };
  document.querySelectorAll("span.math, div.math").forEach((place) => {
    const text = place.textContent.trim().replace(/^\\[([]|\\[)\]]$/g, "");
    katex.render(text, place, { ...options, displayMode: place.tagName === "DIV" });
  });
  document.querySelectorAll(".output.text_html").forEach((place) => {
    renderMathInElement(place, {
      ...options,
      delimiters: [
        { left: "$$", right: "$$", display: true },
        { left: "\\[", right: "\\]", display: true },
        { left: "\\(", right: "\\)", display: false },
        { left: "$", right: "$", display: false },
      ],
    });
  });
});
