// Shows a mark's value at once, and lets the arrow keys walk over the marks of a figure. Without it the browser shows
// the same texts as tooltips.
(() => {
  'use strict';
  const tip = document.getElementById('tip');
  let now = null;

  const show = (mark) => {
    now?.classList.remove('now');
    now = mark;
    if (!mark) {
      tip.hidden = true;
      return;
    }
    mark.classList.add('now');
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const at = mark.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const left = at.left + at.width / 2 - own.width / 2;
    const top = at.top - own.height - 8;
    tip.style.left = `${Math.max(4, Math.min(left, document.documentElement.clientWidth - own.width - 4))}px`;
    tip.style.top = `${top < 4 ? at.bottom + 8 : top}px`;
  };

  for (const svg of document.querySelectorAll('figure svg')) {
    const marks = [...svg.querySelectorAll('.mark')];
    for (const mark of marks) {
      const title = mark.querySelector('title');
      mark.dataset.tip = title.textContent;
      title.remove(); // Two tooltips would lie over each other.
    }

    svg.addEventListener('pointermove', (event) => {
      const reach = event.pointerType === 'touch' ? 24 : 14;
      let best = event.target.closest('.mark');
      let least = reach * reach;
      if (!best) {
        for (const mark of marks) {
          if (mark.tagName !== 'rect') {
            const box = mark.getBoundingClientRect();
            const x = box.left + box.width / 2 - event.clientX;
            const y = box.top + box.height / 2 - event.clientY;
            if (x * x + y * y < least) {
              least = x * x + y * y;
              best = mark;
            }
          }
        }
      }
      show(best);
    });
    svg.addEventListener('pointerleave', () => show(null));
    svg.addEventListener('blur', () => show(null));
    svg.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === 'Escape') {
        show(null);
      } else if (step && marks.length > 0) {
        event.preventDefault();
        const from = marks.indexOf(now);
        show(marks[from < 0 ? (step > 0 ? 0 : marks.length - 1) : (from + step + marks.length) % marks.length]);
      }
    });
  }
  addEventListener('scroll', () => show(null), { passive: true });
})();
