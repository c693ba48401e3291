using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Listings;

/// <summary>
/// The validation part of Tiny-ImageNet as published: all images in one folder, their classes in a table of
/// tab-separated lines (file, class, and a bounding box that is not used here).
/// </summary>
internal sealed class TinyImageNetLabels
{
    private readonly string table;

    private TinyImageNetLabels(string table) => this.table = table;

    /// <summary>The table in a test folder, if it has one.</summary>
    public static TinyImageNetLabels? Find(string folder)
    {
        string path = Path.Combine(folder, "val_annotations.txt");
        return File.Exists(path) ? new TinyImageNetLabels(path) : null;
    }

    /// <summary>The test files, class by class, in the table's order.</summary>
    /// <param name="classes">The class names of the training part.</param>
    /// <exception cref="CounterpoiseException">A line, its class or its image is wrong; the message says which.</exception>
    public ImageFile[] Files(string[] classes)
    {
        string images = Path.Combine(Path.GetDirectoryName(table)!, "images");
        List<ImageFile> files = [];
        int number = 0;
        foreach (string line in RegularFile.Lines(table))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            string[] fields = line.Split('\t');
            string name = fields.Length > 1 ? fields[1].Trim() : "";
            int label = Array.IndexOf(classes, name);
            string path = Path.Combine(images, fields[0]);
            if (label < 0)
            {
                throw new CounterpoiseException(
                    $"{table}: line {number} has the class '{name}', which train/ lacks; correct or remove the line."
                );
            }

            if (!File.Exists(path))
            {
                throw new CounterpoiseException(
                    $"{table}: line {number} names '{fields[0]}', which is not in {images}; add it or remove the line."
                );
            }

            files.Add(new ImageFile(path, label));
        }

        return [.. files.OrderBy(file => file.Label)];
    }
}
