import Foundation

/// The scripts of a page with plots. They stand in the page itself, so that it opens without a
/// network and without other files.
extension ReportPage {
    /// Where Debian's package libjs-chart.js puts Chart.js (MIT licence).
    private static let library = "/usr/share/javascript/chart.js/chart.min.js"

    /// Chart.js and what draws our plots with it.
    static func scripts() throws -> String {
        guard let library = try? String(contentsOfFile: library, encoding: .utf8) else {
            throw BenchOptions.Fault(
                description: "\(library) can't be read; install libjs-chart.js (scripts/setup)")
        }
        return "<script>\(library)</script>\n<script>\n\(plots)\n</script>\n"
    }

    private static let plots = """
        const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        // A word beside each point, on the side where there is room.
        const words = {
          id: 'words',
          afterDatasetsDraw(chart) {
            const { ctx, chartArea } = chart;
            ctx.save();
            ctx.fillStyle = colour('--ink');
            ctx.textBaseline = 'middle';
            chart.data.datasets.forEach((set, index) => {
              chart.getDatasetMeta(index).data.forEach((point, at) => {
                const isRight = point.x < (chartArea.left + chartArea.right) / 2;
                ctx.textAlign = isRight ? 'left' : 'right';
                ctx.fillText(set.words[at] ?? '', point.x + (isRight ? 8 : -8), point.y);
              });
            });
            ctx.restore();
          },
        };
        const axis = ({ label, min, max, fromNought }) => ({
          type: 'linear', min: min ?? undefined, max: max ?? undefined, beginAtZero: fromNought,
          grace: min == null ? '5%' : 0,
          title: { display: true, text: label, color: colour('--soft') },
          ticks: { color: colour('--soft'), includeBounds: false }, grid: { color: colour('--rule') },
        });
        const draw = canvas => {
          const plot = JSON.parse(canvas.dataset.plot);
          return new Chart(canvas, {
            type: 'scatter',
            data: {
              datasets: plot.series.map(one => ({
                label: one.name, data: one.points, words: one.labels,
                showLine: one.style !== 'dots' && one.points.length > 1, borderWidth: 2,
                pointRadius: one.style === 'line' && one.points.length > 1 ? 0 : 4, pointHitRadius: 6,
                borderColor: colour('--c' + one.colour), backgroundColor: colour('--c' + one.colour),
              })),
            },
            options: {
              animation: false, maintainAspectRatio: false, scales: { x: axis(plot.x), y: axis(plot.y) },
              plugins: {
                legend: {
                  display: plot.series.some(one => one.name !== ''), align: 'start',
                  labels: { color: colour('--ink'), boxWidth: 14, boxHeight: 3 },
                },
                tooltip: {
                  callbacks: {
                    label: item => (item.dataset.words[item.dataIndex] ?? item.dataset.label) + ': '
                      + item.formattedValue,
                  },
                },
              },
            },
            plugins: [words],
          });
        };
        Chart.defaults.font.family = 'system-ui, "DejaVu Sans", sans-serif';
        let plots = [];
        const drawAll = () => {
          plots.forEach(plot => plot.destroy());
          plots = [...document.querySelectorAll('canvas[data-plot]')].map(draw);
        };
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
        drawAll();
        """
}
