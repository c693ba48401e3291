using Counterpoise.Basics;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>CIFAR-10 and CIFAR-100 as published in binary form, unpacked or as the downloaded archive.</summary>
internal static class Cifar
{
    /// <summary>The CIFAR set in a folder, or in its only CIFAR sub-folder; null where there is none.</summary>
    /// <exception cref="UsageException">The folder holds both sets.</exception>
    public static CifarFiles? Find(string folder)
    {
        if (CifarFiles.InFolder(folder) is { } here)
        {
            return here;
        }

        CifarLayout[] below =
        [
            .. new[] { CifarLayout.Cifar10, CifarLayout.Cifar100 }.Where(layout =>
                Directory.Exists(Path.Combine(folder, layout.Folder))
            ),
        ];
        return below switch
        {
            [] => null,
            [var only] => CifarFiles.InFolder(Path.Combine(folder, only.Folder)),
            _ => throw new UsageException(
                $"{folder}: found both {below[0].Folder} and {below[1].Folder}; give the path of one of them."
            ),
        };
    }

    /// <summary>Reads both parts.</summary>
    /// <exception cref="CounterpoiseException">A batch is missing, truncated or holds a wrong label.</exception>
    public static ImageData Read(CifarFiles files)
    {
        CifarLayout layout = files.Layout;
        IReadOnlyList<string> names = ClassNames(files);
        List<string> notes = [$"{files.Path}: recognised {layout.Title}."];
        InMemoryImages train = ReadPart(files, layout.TrainFiles, names);
        try
        {
            InMemoryImages test = ReadPart(files, [layout.TestFile], names);
            if (train.Count != layout.TrainImages || test.Count != CifarLayout.TestImages)
            {
                notes.Add(
                    $"{files.Path}: {train.Count} training and {test.Count} test images; {layout.Title} as published "
                        + $"has {layout.TrainImages} and {CifarLayout.TestImages}."
                );
            }

            return new ImageData(layout.Name, train, test, notes) { FixedNormalisation = Normalisation.Cifar };
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    private static IReadOnlyList<string> ClassNames(CifarFiles files)
    {
        if (files.Read(files.Layout.NamesFile) is not { } content)
        {
            return files.Layout.Names;
        }

        string[] names = System
            .Text.Encoding.UTF8.GetString(content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int expected = files.Layout.Names.Count;
        return names.Length == expected
            ? names
            : throw new CounterpoiseException(
                $"{files.Describe(files.Layout.NamesFile)}: found {names.Length} class names, expected {expected}, "
                    + "one a line; unpack the archive again, or delete the file to use built-in names."
            );
    }

    private static InMemoryImages ReadPart(CifarFiles files, IReadOnlyList<string> batches, IReadOnlyList<string> names)
    {
        List<byte[]> contents = [.. batches.Select(batch => ReadBatch(files, batch))];
        int record = files.Layout.RecordBytes;
        int labelAt = files.Layout.LabelBytes - 1;
        List<int> labels = [];
        for (int b = 0; b < batches.Count; b++)
        {
            for (int i = 0; i < contents[b].Length / record; i++)
            {
                int label = contents[b][(i * record) + labelAt];
                if (label >= names.Count)
                {
                    throw new CounterpoiseException(
                        $"{files.Describe(batches[b])}: record {i + 1} has label {label}, expected 0 to "
                            + $"{names.Count - 1}; the file is damaged or not {files.Layout.Title}: download it again."
                    );
                }

                labels.Add(label);
            }
        }

        InMemoryImages images = InMemoryImages.Allocate(labels, names, CifarLayout.Size, CifarLayout.Size);
        int position = 0;
        foreach (byte[] content in contents)
        {
            for (int at = files.Layout.LabelBytes; at < content.Length; at += record)
            {
                content.AsSpan(at, CifarLayout.PixelBytes).CopyTo(images.Pixels(position++));
            }
        }

        return images;
    }

    private static byte[] ReadBatch(CifarFiles files, string batch)
    {
        byte[] content =
            files.Read(batch)
            ?? throw new CounterpoiseException(
                $"{files.Describe(batch)}: the file is missing; {files.Layout.Title} needs "
                    + $"{string.Join(", ", [.. files.Layout.TrainFiles, files.Layout.TestFile])}: "
                    + "download or unpack it again."
            );
        int record = files.Layout.RecordBytes;
        return content.Length > 0 && content.Length % record == 0
            ? content
            : throw new CounterpoiseException(
                $"{files.Describe(batch)}: found {content.Length} bytes, expected a multiple of {record} (10000 images "
                    + $"are {10_000L * record} bytes); the file is truncated: download or unpack it again."
            );
    }
}
