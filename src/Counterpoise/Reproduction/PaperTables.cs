using System.Globalization;
using Counterpoise.Basics;

namespace Counterpoise.Reproduction;

/// <summary>What of the paper's numbers can be reproduced (Ye, Zhan and Chao, ICCV 2021, supplement).</summary>
internal static class PaperTables
{
    private const double LongTailedScale = 2;
    private const double StepScale = 0.01;

    /// <summary>The four imbalanced CIFAR sets of tables 6 and 8, rho = 100, and the alpha that the paper's table 8 has there.</summary>
    private static readonly (string Set, string File, double Alpha)[] CifarSets =
    [
        ("C10-LT", "cifar10-lt100", 1),
        ("C10-step", "cifar10-step100", 5),
        ("C100-LT", "cifar100-lt100", 0.2),
        ("C100-step", "cifar100-step100", 5),
    ];

    /// <summary>All tables and figures.</summary>
    public static IReadOnlyList<PaperTable> All { get; } =
    [
        Table6(),
        Table7(),
        Table8(),
        Table9(),
        DenseNet(),
        WeakeningElsewhere(),
        StrongerAugmentation(),
        Progress("figure7", "deviation", "feature deviation of every class at the last epoch", ["C10-LT", "C10-step"]),
        Progress(
            "figure8",
            "classification-ratio",
            "classification ratio of a major and a minor class over epochs",
            ["C10-LT"]
        ),
        Progress(
            "figure9",
            "deviation-over-epochs",
            "feature deviation over epochs, and features in the plane",
            ["C10-LT", "C10-step"]
        ),
        Figure10(),
        Progress("figure11", "accuracy", "training and test accuracy of every class", ["C10-step"]),
    ];

    /// <summary>The table or figure of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static PaperTable Find(string name) =>
        All.FirstOrDefault(table => table.Name == name)
        ?? throw new UsageException(
            $"'{name}' is no table or figure that can be reproduced; {Nearest.Hint(name, [.. All.Select(table => table.Name)])}"
        );

    private static PaperTable Table6()
    {
        double[] alphas = [0.1, 0.2, 0.5, 1, 5];
        double[][] paper =
        [
            [75.9, 76.8, 77.1, 78.5, 77.4],
            [73.3, 74.3, 75.2, 77.6, 80.1],
            [43.1, 44.7, 43.6, 42.1, 41.2],
            [40.8, 42.6, 44.0, 46.5, 46.9],
        ];
        return new PaperTable(
            "table6",
            "MFW by alpha",
            [
                .. CifarSets.SelectMany(
                    (set, s) =>
                        alphas.Select(
                            (alpha, a) =>
                                new PaperCell(
                                    set.Set,
                                    $"MFW, alpha {Text(alpha)}",
                                    Mfw(set.File, "alpha", alpha, set.Alpha),
                                    paper[s][a]
                                )
                        )
                ),
            ],
            ["alpha-sweep"]
        );
    }

    private static PaperTable Table7()
    {
        (string Row, string Recipe)[] rows =
        [
            ("ERM", "erm"),
            ("CDT", "cdt"),
            ("MFW", "mfw"),
            ("MFW w/ DRW", "mfw-drw"),
        ];
        (int Rho, double[] Paper)[] ratios = [(500, [64.5, 66.1, 65.6, 67.3]), (1000, [56.5, 59.0, 62.0, 63.0])];
        return new PaperTable(
            "table7",
            "larger imbalance ratios",
            [
                .. ratios.SelectMany(ratio =>
                    rows.Zip(
                        ratio.Paper,
                        (row, accuracy) =>
                            new PaperCell(
                                $"C10-LT-{ratio.Rho}",
                                row.Row,
                                $"cifar10-lt{ratio.Rho}-{row.Recipe}",
                                accuracy
                            )
                    )
                ),
            ],
            ["rho-sweep"]
        );
    }

    private static PaperTable Table8()
    {
        (string Row, string Recipe, double[] Paper)[] rows =
        [
            ("ERM", "erm", [71.1, 65.8, 40.1, 39.9]),
            ("mixup", "mixup", [73.1, 66.2, 39.5, 39.8]),
            ("manifold mixup", "manifold-mixup", [73.0, 65.4, 38.3, 39.4]),
            ("MFW", "mfw", [78.5, 80.1, 44.7, 46.9]),
        ];
        return new PaperTable(
            "table8",
            "MFW against mixing labels",
            [
                .. CifarSets.SelectMany(
                    (set, s) =>
                        rows.Select(row => new PaperCell(set.Set, row.Row, $"{set.File}-{row.Recipe}", row.Paper[s]))
                ),
            ]
        );
    }

    private static PaperTable Table9() =>
        new(
            "table9",
            "ImageNet-LT",
            [
                .. OnImageNet(
                    "ResNet-10",
                    "resnet10",
                    [
                        ("OLTR", "oltr", 41.9),
                        ("cRT", "crt", 41.8),
                        ("tau-norm", "tau-norm", 40.6),
                        ("LWS", "lws", 41.4),
                        ("CDT", "cdt", 41.4),
                        ("SEQL", "seql", 36.4),
                        ("MFW", "mfw", 40.1),
                        ("MFW w/ DRW", "mfw-drw", 42.0),
                    ]
                ),
                .. OnImageNet(
                    "ResNeXt-50",
                    "resnext50",
                    [
                        ("OLTR", "oltr", 48.7),
                        ("cRT", "crt", 49.6),
                        ("tau-norm", "tau-norm", 49.4),
                        ("LWS", "lws", 49.9),
                        ("De-confound", "deconfound", 48.6),
                        ("De-confound-TDE", "deconfound-tde", 51.8),
                        ("MFW", "mfw", 50.5),
                        ("MFW w/ DRW", "mfw-drw", 51.9),
                    ]
                ),
            ]
        );

    private static IEnumerable<PaperCell> OnImageNet(
        string set,
        string model,
        (string Row, string Recipe, double Accuracy)[] rows
    ) => rows.Select(row => new PaperCell(set, row.Row, $"imagenet-lt-{model}-{row.Recipe}", row.Accuracy));

    private static PaperTable DenseNet() =>
        new(
            "densenet",
            "DenseNet-121",
            [
                .. new (int Rho, double Erm, double Mfw)[]
                {
                    (200, 70.2, 76.2),
                    (100, 77.6, 81.2),
                    (10, 91.3, 92.1),
                }.SelectMany(ratio =>
                    new[]
                    {
                        new PaperCell(
                            $"C10-LT-{ratio.Rho}",
                            "ERM",
                            $"cifar10-lt{ratio.Rho}-densenet121-erm",
                            ratio.Erm
                        ),
                        new PaperCell(
                            $"C10-LT-{ratio.Rho}",
                            "MFW",
                            $"cifar10-lt{ratio.Rho}-densenet121-mfw",
                            ratio.Mfw
                        ),
                    }
                ),
            ]
        );

    /// <summary>D.2: MFW's weights in mixup and ReMix, of which the paper says that they do not help.</summary>
    private static PaperTable WeakeningElsewhere() =>
        new(
            "d2",
            "MFW's weights in mixup and ReMix",
            [
                .. CifarSets[..2]
                    .SelectMany(
                        (set, s) =>
                            new[]
                            {
                                new PaperCell(set.Set, "mixup", $"{set.File}-mixup", s == 0 ? 73.1 : 66.2),
                                new PaperCell(set.Set, "mixup with weights", $"{set.File}-mixup-weakening", null),
                                new PaperCell(set.Set, "ReMix", $"{set.File}-remix", null),
                                new PaperCell(set.Set, "ReMix with weights", $"{set.File}-remix-weakening", null),
                            }
                    ),
            ]
        );

    private static PaperTable StrongerAugmentation() =>
        new(
            "d8",
            "AutoAugment and Cutout",
            [
                new PaperCell("C100-LT-200", "MFW", "cifar100-lt200-augmented-mfw", 47.8),
                new PaperCell("C100-LT-200", "SEQL", "cifar100-lt200-augmented-seql", 43.4),
            ]
        );

    private static PaperTable Figure10()
    {
        double[] scales = [0.01, 0.1, 0.5, 1, 2, 5, 10];
        return new PaperTable(
            "figure10",
            "MFW by beta",
            [
                .. CifarSets[..2]
                    .SelectMany(set =>
                        scales.Select(scale => new PaperCell(
                            set.Set,
                            $"MFW, beta {Text(scale)}",
                            Mfw(set.File, "beta", scale, IsStep(set.Set) ? StepScale : LongTailedScale),
                            null
                        ))
                    ),
            ],
            ["beta-sweep"]
        );
    }

    /// <summary>A figure of the training of ERM and MFW.</summary>
    private static PaperTable Progress(string name, string figure, string title, string[] sets) =>
        new(
            name,
            title,
            [.. Table8().Cells.Where(cell => sets.Contains(cell.Set) && cell.Row is "ERM" or "MFW")],
            [figure]
        );

    /// <summary>The recipe of MFW with a setting; that of table 8 where it is the one there.</summary>
    private static string Mfw(string file, string key, double value, double own) =>
        value == own ? $"{file}-mfw" : $"{file}-mfw-{key}{Text(value)}";

    private static bool IsStep(string set) => set.EndsWith("step", StringComparison.Ordinal);

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
