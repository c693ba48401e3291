using System.Text;
using Counterpoise.Report.Charts;
using Counterpoise.Report.Html;
using Counterpoise.Runs;

namespace Counterpoise.Report;

/// <summary>A figure: panels one below the other. It can be saved for print and shown in a report.</summary>
public sealed class Figure
{
    internal const int Width = 1200;

    private const string Png = ".png";
    private const string Svg = ".svg";

    internal Figure(string title, string caption, params IReadOnlyList<Panel> panels)
    {
        Title = title;
        Caption = caption;
        Panels = panels;
    }

    /// <summary>What it shows, in a few words.</summary>
    public string Title { get; }

    /// <summary>How to read it.</summary>
    public string Caption { get; }

    internal IReadOnlyList<Panel> Panels { get; }

    internal int Height => Panels.Sum(panel => panel.Height);

    /// <summary>Writes the figure, whole or not at all.</summary>
    /// <param name="path">The file; its ending chooses the format, <c>.png</c> or <c>.svg</c>.</param>
    /// <exception cref="UsageException">The ending is another one.</exception>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public void Save(string path)
    {
        byte[] content = Path.GetExtension(path).ToLowerInvariant() switch
        {
            Png => PlottedFigure.Png(this),
            Svg => Encoding.UTF8.GetBytes(SvgFigure.File(this)),
            var other => throw new UsageException($"{path} ends in '{other}', expected {Png} or {Svg}."),
        };
        AtomicFile.Write(path, stream => stream.Write(content));
    }
}
