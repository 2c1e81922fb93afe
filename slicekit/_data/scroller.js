// Each figure.slicekit scrolls by itself: its slider holds the state, all else moves the slider.
(() => {
  const steps = {
    k: 1, ArrowRight: 1, ArrowUp: 1, ".": 1,
    j: -1, ArrowLeft: -1, ArrowDown: -1, ",": -1,
    PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity,
  };
  let pageMoved = -Infinity; // when the page was last scrolled

  function scroller(figure) {
    const [picture, slider, said] = figure.querySelectorAll("img, input, span");
    const { pictures, words } = JSON.parse(
      figure.querySelector("script[type='application/json']").textContent
    );
    let turned = 0; // how far the wheel was turned since the last step

    function show() {
      const index = Number(slider.value);
      picture.src = pictures[index];
      picture.alt = `${figure.dataset.name}: ${words[index]}`;
      slider.setAttribute("aria-valuetext", words[index]);
      said.textContent = words[index];
    }

    function move(slices) { // returns whether there was anywhere to go
      const before = slider.value;
      slider.value = Math.min(Math.max(Number(before) + slices, 0), pictures.length - 1);
      if (slider.value === before) return false;
      show();
      return true;
    }

    slider.addEventListener("input", show);
    figure.addEventListener("click", () => slider.focus({ preventScroll: true }));
    figure.addEventListener("keydown", (event) => {
      const slices = steps[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!slices || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      move(slices);
    });
    picture.addEventListener("wheel", (event) => {
      // Ctrl and the wheel make the page larger; who is scrolling the page goes on doing so
      if (event.ctrlKey || !event.deltaY || performance.now() - pageMoved < 300) return;
      turned += event.deltaY * (event.deltaMode ? 33 : 1); // in lines or pages, or in pixels
      const slices = -Math.sign(turned);
      const far = Math.abs(turned) >= 40; // a notch of a wheel is more, a trackpad sends crumbs
      if (far) turned = 0;
      if (far ? move(slices) : canMove(slices)) event.preventDefault();
    }, { passive: false });

    function canMove(slices) {
      const index = Number(slider.value) + slices;
      return index >= 0 && index < pictures.length;
    }
    figure.querySelectorAll("[hidden]").forEach((part) => { part.hidden = false; });
    show(); // a browser that comes back to a page may have kept where the slider was
  }

  document.querySelectorAll("figure.slicekit").forEach(scroller);
  addEventListener("scroll", () => { pageMoved = performance.now(); }, true);
})();
