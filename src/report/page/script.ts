/**
 * The script of every page: the theme button, the reading of single points by pointer and keyboard, and legends that
 * set one series off. Without it a page still says everything: charts, tables and choices need no script.
 */
export const script = `
(() => {
  'use strict';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const remembered = 'samebits-theme';
  const themeButton = document.querySelector('button.theme');
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const nameTheme = () => { themeButton.textContent = isDark() ? 'Light page' : 'Dark page'; };
  // Storage may be closed to files; then the choice lasts as long as the page.
  try {
    const theme = localStorage.getItem(remembered);
    if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;
  } catch {}
  themeButton.hidden = false;
  themeButton.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try { localStorage.setItem(remembered, root.dataset.theme); } catch {}
    nameTheme();
  });
  system.addEventListener('change', nameTheme);
  nameTheme();

  const tip = document.body.appendChild(document.createElement('div'));
  tip.className = 'tip';
  tip.hidden = true;

  const hideTip = () => { tip.hidden = true; };
  const showTip = (svg, point) => {
    const box = svg.getBoundingClientRect();
    const unit = box.width / svg.viewBox.baseVal.width;
    const x = box.left + point.x * unit;
    const y = box.top + point.y * unit;
    tip.textContent = point.label;
    tip.hidden = false;
    const left = Math.min(Math.max(4, x - tip.offsetWidth / 2), root.clientWidth - tip.offsetWidth - 4);
    const above = y - tip.offsetHeight - 12;
    tip.style.left = left + 'px';
    tip.style.top = (above < 4 ? y + 12 : above) + 'px';
  };

  // Charts have an element for each point; a text of one part stands beside the name of its row.
  const markedPoints = (svg) =>
    [...svg.querySelectorAll('.point')].map((element) => {
      const { px, py, text, label } = element.dataset;
      const { series, name } = element.closest('.series').dataset;
      const { xLabel, yLabel } = svg.dataset;
      const [x, y] = (text ?? '').split('|');
      return {
        x: Number(px ?? element.getAttribute('cx')),
        y: Number(py ?? element.getAttribute('cy')),
        label: label ?? name + '. ' + xLabel + ': ' + x + (y === undefined ? '' : '. ' + yLabel + ': ' + y),
        series: Number(series),
        bar: element.classList.contains('bar'),
        lying: element.classList.contains('lying'),
      };
    });
  // Grids have thousands of cells, whose values stand with their row.
  const gridPoints = (svg) => {
    const { left, step, columns, xLabel } = svg.dataset;
    const names = JSON.parse(columns);
    return [...svg.querySelectorAll('.cells')].flatMap((row) =>
      JSON.parse(row.dataset.texts).map((text, i) => ({
        x: Number(left) + (i + 0.5) * Number(step),
        y: Number(row.dataset.y),
        label: row.dataset.name + '. ' + xLabel + ': ' + names[i] + '. ' + (text === '' ? 'nothing there' : text),
        series: Number(row.dataset.series),
      })),
    );
  };

  for (const svg of document.querySelectorAll('svg.chart')) {
    const points = svg.dataset.columns === undefined ? markedPoints(svg) : gridPoints(svg);
    if (points.length === 0) continue;
    const reading = svg.closest('figure').querySelector('.reading');
    const mark = svg.querySelector('.focus-mark');
    let chosen = null;
    const choose = (point) => {
      chosen = point;
      mark.setAttribute('d', 'M' + (point.x - 7) + ' ' + point.y + 'a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z');
      showTip(svg, point);
    };
    const release = () => {
      mark.setAttribute('d', '');
      hideTip();
    };
    const nearest = (among, x, y) => {
      const apart = (p) => (p.lying && y !== null ? 0 : (p.x - x) ** 2) + (p.bar || y === null ? 0 : (p.y - y) ** 2);
      return among.reduce((best, p) => (apart(p) < apart(best) ? p : best));
    };

    // A tap is a pointer that goes down without a move before.
    for (const type of ['pointermove', 'pointerdown']) svg.addEventListener(type, (event) => {
      const box = svg.getBoundingClientRect();
      const unit = box.width / svg.viewBox.baseVal.width;
      choose(nearest(points, (event.clientX - box.left) / unit, (event.clientY - box.top) / unit));
    });
    svg.addEventListener('pointerleave', release);
    svg.addEventListener('blur', release);
    svg.addEventListener('keydown', (event) => {
      const own = chosen === null ? points : points.filter((p) => p.series === chosen.series);
      const numbers = [...new Set(points.map((p) => p.series))];
      // A bar is a series of its own: then left and right go from bar to bar.
      const line = own.length === 1 ? points : own;
      const along = (step) => line[Math.min(Math.max(line.indexOf(chosen) + step, 0), line.length - 1)];
      const across = (step) => {
        if (chosen === null) return points[0];
        if (numbers.length === 1) return along(step);
        const next = numbers[(numbers.indexOf(chosen.series) + step + numbers.length) % numbers.length];
        return nearest(points.filter((p) => p.series === next), chosen.x, null);
      };
      const moves = {
        ArrowRight: () => along(1),
        ArrowLeft: () => along(-1),
        Home: () => line[0],
        End: () => line[line.length - 1],
        ArrowDown: () => across(1),
        ArrowUp: () => across(-1),
      };
      if (event.key === 'Escape') return release();
      const move = moves[event.key];
      if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      choose(move());
      reading.textContent = chosen.label;
    });
  }
  addEventListener('scroll', hideTip, { passive: true });

  for (const button of document.querySelectorAll('.legend button')) {
    button.addEventListener('click', () => {
      const figure = button.closest('figure');
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      const pressed = new Set(
        [...figure.querySelectorAll('.legend button[aria-pressed=true]')].map((one) => one.dataset.series),
      );
      figure.classList.toggle('choosing', pressed.size > 0);
      for (const series of figure.querySelectorAll('.series')) {
        series.classList.toggle('chosen', pressed.has(series.dataset.series));
      }
    });
  }
})();
`;
