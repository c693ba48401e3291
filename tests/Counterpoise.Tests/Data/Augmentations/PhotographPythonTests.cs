using System.Globalization;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;
using Counterpoise.Tests.Interop;
using TorchSharp;

namespace Counterpoise.Tests.Data.Augmentations;

/// <summary>RandomResizedCrop, ColorJitter and RandAugment against torchvision on Pillow's images.</summary>
public sealed class PhotographPythonTests : IDisposable
{
    /// <summary>Lines of a kind, its parameters, width and height before and after, and the pixels of both.</summary>
    private const string Compare = """
        import sys
        import numpy as np
        from PIL import Image
        from torchvision.transforms import InterpolationMode, functional as F
        from torchvision.transforms import autoaugment as aa
        jitter = {"Brightness": F.adjust_brightness, "Contrast": F.adjust_contrast, "Color": F.adjust_saturation}
        def changed(image, kind, parameters, size):
            if kind == "Part":
                left, top, width, height = (int(x) for x in parameters)
                return F.resized_crop(image, top, left, height, width, size, InterpolationMode.BILINEAR)
            for name, magnitude in zip(parameters[::2], map(float, parameters[1::2])):
                if kind == "Policy":
                    image = aa._apply_op(image, name, magnitude, InterpolationMode.NEAREST, None)
                elif name == "Hue":
                    image = F.adjust_hue(image, magnitude)
                else:
                    image = jitter[name](image, 1 + magnitude)
            return image
        allowed = int(sys.argv[2])
        different, lines = [], 0
        for line in open(sys.argv[1]):
            *parameters, width, height, new_width, new_height, before, after = line.split()
            shape = (3, int(height), int(width))
            new_shape = (3, int(new_height), int(new_width))
            pixels = np.frombuffer(bytes.fromhex(before), np.uint8).reshape(shape).transpose(1, 2, 0)
            ours = np.frombuffer(bytes.fromhex(after), np.uint8).reshape(new_shape).transpose(1, 2, 0)
            image = Image.fromarray(np.ascontiguousarray(pixels))
            theirs = changed(image, parameters[0], parameters[1:], new_shape[1:])
            off = np.abs(np.asarray(theirs).astype(int) - ours)
            lines += 1
            if off.max() > allowed:
                different.append((parameters, shape, int(off.max()), int((off > allowed).sum())))
        print(different[:20], len(different), lines, file=sys.stderr)
        sys.exit(1 if different or not lines else 0)
        """;

    private const string Space = """
        import sys
        from torchvision.transforms import autoaugment as aa
        lines = [line.split() for line in open(sys.argv[1])]
        space = aa.RandAugment()._augmentation_space(31, (32, 32))
        assert set(name for name, _, _ in lines) | {"Identity"} == set(space), space.keys()
        for name, level, magnitude in lines:
            theirs, signed = space[name]
            if theirs.ndim > 0:
                assert abs(float(magnitude) - theirs[int(level)].item()) < 1e-5, (name, level, magnitude)
        """;

    private const string Middle = """
        import sys
        from PIL import Image
        from torchvision.transforms import RandomResizedCrop
        for line in open(sys.argv[1]):
            width, height, *ours = (int(x) for x in line.split())
            top, left, h, w = RandomResizedCrop.get_params(Image.new("RGB", (width, height)), (1, 1), (3 / 4, 4 / 3))
            assert [left, top, w, h] == ours, (line, [left, top, w, h])
        """;

    private static readonly PixelSize[] Sizes = [new(32, 32), new(32, 20), new(7, 9), new(3, 3), new(96, 64)];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Pillow rounds twice, after columns and after rows.</summary>
    [Fact]
    public void Random_parts_are_resized_as_torchvision_resizes_them()
    {
        Python python = Torchvision();
        StringBuilder cases = new();
        for (int i = 0; i < 300; i++)
        {
            int size = 2 + (i % 31);
            var stored = new PixelSize(Math.Max(size, 20 + (i % 77)), Math.Max(size, 30 + (i % 53)));
            byte[] before = Pixels(i, stored);
            using torch.Tensor pixels = torch
                .tensor(before, dtype: torch.uint8)
                .reshape(1, 3, stored.Height, stored.Width);
            using var images = new InMemoryImages(pixels.clone(), [0], ["a"], size);
            var changes = new BatchAugmentation(new Augmentation(0, false) { LeastArea = 0.08 }, new Draws(1), 0, i);
            using torch.Tensor read = images.Read([0], changes);
            PixelBox part = changes.PartAt(0, stored);
            string parameters = $"Part {part.Left} {part.Top} {part.Width} {part.Height}";
            Append(cases, parameters, (stored, before), (new PixelSize(size, size), read.bytes.ToArray()));
        }

        Run(python, cases, allowed: 1);
    }

    [Fact]
    public void The_middle_is_torchvisions_where_no_part_fits()
    {
        Python python = Torchvision();
        PixelSize[] sizes =
        [
            .. Enumerable.Range(1, 400).SelectMany(i => new PixelSize[] { new(i, 5 * i), new((3 * i) + 2, i) }),
        ];
        File.WriteAllLines(
            folder["cases"],
            sizes.Select(size =>
            {
                PixelBox part = RandomPart.Draw(size, 1, new DrawStream(1));
                return $"{size.Width} {size.Height} {part.Left} {part.Top} {part.Width} {part.Height}";
            })
        );
        python.Run("-c", Middle, folder["cases"]);
    }

    [Fact]
    public void Colours_change_as_torchvision_changes_them()
    {
        Python python = Torchvision();
        StringBuilder cases = new();
        var changes = new PixelChange[ColourJitter.Changes];
        for (int i = 0; i < 400; i++)
        {
            PixelSize size = Sizes[i % Sizes.Length];
            (double strength, double hue) = (i % 3 * 0.4, i % 4 * 0.16);
            byte[] before = Pixels(i, size);
            byte[] after = [.. before];
            DrawStream stream = new Draws(2).At(DrawPurpose.ColourJitter, 0, i);
            ColourJitter.Draw(strength, hue, stream, changes);
            ColourJitter.Apply(after, size, strength, hue, stream);
            PixelChange[] done = [.. changes.Where(change => change.Magnitude != 0)]; // torchvision leaves out what is off.
            Append(cases, Names("Jitter", done, size), (size, before), (size, after));
        }

        Run(python, cases, allowed: 0);
    }

    [Fact]
    public void RandAugment_gives_the_pixels_that_torchvision_gives()
    {
        Python python = Torchvision();
        StringBuilder cases = new();
        for (int i = 0; i < 600; i++)
        {
            PixelSize size = Sizes[i % Sizes.Length];
            byte[] before = Pixels(i, size);
            byte[] after = [.. before];
            DrawStream stream = new Draws(2).At(DrawPurpose.RandAugment, 0, i);
            RandAugment.Apply(after, size, 2, i % 31, stream);
            PixelChange?[] changes = [RandAugment.Draw(i % 31, ref stream), RandAugment.Draw(i % 31, ref stream)];
            Append(cases, Names("Policy", [.. changes.OfType<PixelChange>()], size), (size, before), (size, after));
        }

        Run(python, cases, allowed: 0);
    }

    [Fact]
    public void The_operations_of_RandAugment_and_their_magnitudes_are_torchvisions()
    {
        Python python = Torchvision();
        var size = new PixelSize(32, 32);
        File.WriteAllLines(
            folder["cases"],
            RandAugment
                .Operations.OfType<PixelOperation>()
                .SelectMany(operation =>
                    Enumerable
                        .Range(0, 1 + RandAugment.Strongest)
                        .Select(level =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{operation} {level} {Theirs(RandAugment.At(operation, level, false), size):R}"
                            )
                        )
                )
        );
        python.Run("-c", Space, folder["cases"]);
    }

    private static string Names(string kind, PixelChange[] changes, PixelSize size) =>
        string.Join(
            ' ',
            changes
                .Select(change =>
                    string.Create(CultureInfo.InvariantCulture, $"{change.Operation} {Theirs(change, size):R}")
                )
                .Prepend(kind)
        );

    /// <summary>torchvision's translations are in pixels.</summary>
    private static double Theirs(PixelChange change, PixelSize size) =>
        change.Operation switch
        {
            PixelOperation.TranslateX => change.Magnitude * size.Width,
            PixelOperation.TranslateY => change.Magnitude * size.Height,
            _ => change.Magnitude,
        };

    private static byte[] Pixels(int image, PixelSize size)
    {
        // Every other image has few, neighbouring gray levels, as histograms treat them differently.
        (int lowest, int levels) = image % 2 == 0 ? (0, 256) : (image % 100, 40);
        return
        [
            .. Enumerable
                .Range(0, 3 * size.Width * size.Height)
                .Select(i => (byte)(lowest + (TestImages.Pixel(image, 0, i / 64, i % 64) % levels))),
        ];
    }

    private static void Append(
        StringBuilder cases,
        string parameters,
        (PixelSize Size, byte[] Pixels) before,
        (PixelSize Size, byte[] Pixels) after
    ) =>
        cases.AppendLine(
            CultureInfo.InvariantCulture,
            $"{parameters} {before.Size.Width} {before.Size.Height} {after.Size.Width} {after.Size.Height} {Convert.ToHexString(before.Pixels)} {Convert.ToHexString(after.Pixels)}"
        );

    private void Run(Python python, StringBuilder cases, int allowed)
    {
        File.WriteAllText(folder["cases"], cases.ToString());
        python.Run("-c", Compare, folder["cases"], allowed.ToString(CultureInfo.InvariantCulture));
    }

    private static Python Torchvision() =>
        Python.That(
            "import numpy, PIL; from torchvision.transforms import RandAugment",
            "torchvision (0.11 or later), Pillow and numpy"
        );
}
