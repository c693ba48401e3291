using System.Text;
using Counterpoise.Basics;
using Counterpoise.Report.Charts;
using Counterpoise.Report.Svg;

namespace Counterpoise.Report.Figures;

/// <summary>A figure: panels in a grid. It can be saved for print and shown in a report.</summary>
public sealed class Figure
{
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

    /// <summary>The panels, row by row.</summary>
    internal IReadOnlyList<Panel> Panels { get; }

    /// <summary>How many panels stand beside each other where there is room.</summary>
    internal int Columns { get; init; } = 1;

    /// <summary>What is drawn.</summary>
    internal PanelGrid Grid => new(Title, Panels, Columns);

    /// <summary>Writes the figure, whole or not at all.</summary>
    /// <param name="path">The file; its ending chooses the format, <c>.png</c> or <c>.svg</c>.</param>
    /// <exception cref="UsageException">The ending is another one.</exception>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public void Save(string path)
    {
        byte[] content = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => PlottedFigure.Png(Grid),
            ".SVG" => Encoding.UTF8.GetBytes(SvgFigure.File(Grid)),
            _ => throw new UsageException($"{path}: a figure is written as .png or .svg; give one of these endings."),
        };
        AtomicFile.Write(path, stream => stream.Write(content));
    }
}
