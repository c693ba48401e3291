using Counterpoise.Cli.Output;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Reproduction;
using Counterpoise.Results;

namespace Counterpoise.Cli.Tests;

/// <summary>What comparing verbs print and write, character by character.</summary>
public sealed class ComparedTablesTests
{
    private static readonly ComparisonRow[] Compared =
    [
        new(
            "erm",
            [3],
            200,
            Statistic(61.25),
            Accuracies(Statistic(71), Statistic(50.5), null, Statistic(20), null, Statistic(1))
        ),
        new(
            "mfw+drw",
            [3, 4],
            300,
            Statistic(4000, 4001.5),
            Accuracies(Statistic(70, 71), Statistic(60.125, 61), null, Statistic(20, 20), Statistic(5, 7), null)
        )
        {
            Difference = new PairedDifference(-1.25, -2, -0.5, 0.01),
        },
    ];

    private static readonly PaperTable Paper = PaperTables.Find("table8");

    private static readonly ReproducedCell[] Reproduced =
    [
        new(Paper.Cells[0], Recipe.Erm, Statistic(70.25), 2, null),
        new(Paper.Cells[1], Recipe.Erm, Statistic(80, 82), 200, null)
        {
            Tuned = new TunedAccuracy("mfw.alpha=[1]", Recipe.Erm, 75.25),
        },
        new(Paper.Cells[2], Recipe.Erm, null, null, "needs --data CIFAR-10"),
    ];

    [Fact]
    public void A_comparison_is_printed_with_the_best_in_bold() =>
        Assert.Equal(
            """

                                                                                          against
                                                                                   worst  best
            method   seeds      accuracy      balanced        medium          few  class  balanced  epochs       time
            ───────  ─────  ────────────  ────────────  ────────────  ───────────  ─────  ────────  ──────  ─────────
            erm          1         <71.00>         50.50         <20.00>            -   <1.00>               200  1 min 1 s
            mfw+drw      2  70.50 ± 0.71  <60.56 ± 0.62>  <20.00 ± 0.00>  <6.00 ± 1.41>      -  -1.3         300  1 h 6 min


            """,
            Terminal.Of(1000, ComparisonSheet.Of(Compared).Print)
        );

    [Fact]
    public void A_comparison_is_written_as_Markdown() =>
        Assert.Equal(
            """
            | method | seeds | accuracy | balanced | medium | few | worst class | against best balanced | epochs | time |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |
            | erm | 1 | **71.00** | 50.50 | **20.00** | - | **1.00** |  | 200 | 1 min 1 s |
            | mfw+drw | 2 | 70.50 ± 0.71 | **60.56 ± 0.62** | **20.00 ± 0.00** | **6.00 ± 1.41** | - | -1.3 | 300 | 1 h 6 min |

            About it.

            """,
            ComparisonSheet.Of(Compared).Markdown("About it.")
        );

    [Fact]
    public void A_comparison_is_written_as_Csv() =>
        Assert.Equal(
            """
            method,seeds,accuracy,accuracy_std,balanced_accuracy,balanced_accuracy_std,macro_f1,macro_f1_std,many_accuracy,many_accuracy_std,medium_accuracy,medium_accuracy_std,few_accuracy,few_accuracy_std,worst_class_accuracy,worst_class_accuracy_std,macro_average_precision,macro_average_precision_std,macro_auroc,macro_auroc_std,epochs,seconds,seconds_std,folds
            erm,1,71,,50.5,,,,,,20,,,,1,,,,,,200,61.25,,0
            mfw+drw,2,70.5,0.7071067811865476,60.5625,0.6187184335382291,,,,,20,0,6,1.4142135623730951,,,,,,,300,4000.75,1.0606601717798212,0

            """,
            ComparisonSheet.Csv(Compared)
        );

    [Fact]
    public void A_comparison_is_written_as_Json() =>
        Assert.Equal(
            """
            {"note":"About it.","rows":[{"method":"erm","seeds":[3],"folds":0,"epochs":200,"accuracy":{"mean":71,"std":null,"values":[71]},"balanced_accuracy":{"mean":50.5,"std":null,"values":[50.5]},"macro_f1":null,"many_accuracy":null,"medium_accuracy":{"mean":20,"std":null,"values":[20]},"few_accuracy":null,"worst_class_accuracy":{"mean":1,"std":null,"values":[1]},"macro_average_precision":null,"macro_auroc":null,"difference":null,"seconds":{"mean":61.25,"std":null,"values":[61.25]}},{"method":"mfw\u002Bdrw","seeds":[3,4],"folds":0,"epochs":300,"accuracy":{"mean":70.5,"std":0.7071067811865476,"values":[70,71]},"balanced_accuracy":{"mean":60.5625,"std":0.6187184335382291,"values":[60.125,61]},"macro_f1":null,"many_accuracy":null,"medium_accuracy":{"mean":20,"std":0,"values":[20,20]},"few_accuracy":{"mean":6,"std":1.4142135623730951,"values":[5,7]},"worst_class_accuracy":null,"macro_average_precision":null,"macro_auroc":null,"difference":{"mean":-1.25,"low":-2,"high":-0.5,"told_apart":true},"seconds":{"mean":4000.75,"std":1.0606601717798212,"values":[4000,4001.5]}}]}
            """,
            ComparisonSheet.Json(Compared, "About it.").ToJsonString()
        );

    [Fact]
    public void A_reproduced_table_is_printed() =>
        Assert.Equal(
            """

            data    method          paper                   ours  difference  seeds  epochs         chosen on held-out images
            ──────  ──────────────  ─────  ─────────────────────  ──────────  ─────  ──────  ────────────────────────────────
            C10-LT  ERM              71.1                   70.2        -0.8      1       2                                 -
            C10-LT  mixup            73.1             81.0 ± 1.4        +7.9      2     200  75.2 (mfw.alpha=[1], 200 epochs)
            C10-LT  manifold mixup   73.0  needs --data CIFAR-10           -      -       -                                 -


            """,
            Terminal.Of(1000, ReproductionSheet.Of(Reproduced).Print)
        );

    [Fact]
    public void A_reproduced_table_without_studies_is_printed_without_their_column() =>
        Assert.Equal(
            """

            data    method          paper                   ours  difference  seeds  epochs
            ──────  ──────────────  ─────  ─────────────────────  ──────────  ─────  ──────
            C10-LT  manifold mixup   73.0  needs --data CIFAR-10           -      -       -


            """,
            Terminal.Of(1000, ReproductionSheet.Of(Reproduced[2..]).Print)
        );

    [Fact]
    public void A_reproduced_table_is_written_as_Markdown() =>
        Assert.Equal(
            """
            | data | method | paper | ours | difference | seeds | epochs | chosen on held-out images |
            |---|---|---|---|---|---|---|---|
            | C10-LT | ERM | 71.1 | 70.2 | -0.8 | 1 | 2 | - |
            | C10-LT | mixup | 73.1 | 81.0 ± 1.4 | +7.9 | 2 | 200 | 75.2 (mfw.alpha=[1], 200 epochs) |
            | C10-LT | manifold mixup | 73.0 | needs --data CIFAR-10 | - | - | - | - |

            table8: MFW against mixing labels; test accuracy in percent after the last epoch, mean and standard deviation (n - 1) over seeds. The paper trains 200 epochs: what fewer come to is no reproduction.

            """,
            ReproductionSheet.Of(Reproduced).Markdown(ReproductionSheet.Note(Paper, Reproduced), aligned: false)
        );

    [Fact]
    public void A_reproduced_table_is_written_as_Json() =>
        Assert.Equal(
            """
            {"table":"table8","title":"MFW against mixing labels","cells":[{"set":"C10-LT","row":"mixup","recipe":"cifar10-lt100-mixup","paper":73.1,"accuracy":81,"deviation":1.4142135623730951,"difference":7.900000000000006,"seeds":2,"epochs":200,"missing":null,"chosen":"mfw.alpha=[1]","chosen_accuracy":75.25,"chosen_epochs":200},{"set":"C10-LT","row":"manifold mixup","recipe":"cifar10-lt100-manifold-mixup","paper":73,"accuracy":null,"deviation":null,"difference":null,"seeds":0,"epochs":null,"missing":"needs --data CIFAR-10","chosen":null,"chosen_accuracy":null,"chosen_epochs":null}],"note":"table8: MFW against mixing labels; test accuracy in percent after the last epoch, mean and standard deviation (n - 1) over seeds."}
            """,
            ReproductionSheet
                .Json(Paper, Reproduced[1..], ReproductionSheet.Note(Paper, Reproduced[1..]))
                .ToJsonString()
        );

    /// <summary>The six that older versions had, in the order of the columns.</summary>
    private static IReadOnlyList<SampleStatistic?> Accuracies(params SampleStatistic?[] six)
    {
        string[] keys =
        [
            "accuracy",
            "balanced_accuracy",
            "many_accuracy",
            "medium_accuracy",
            "few_accuracy",
            "worst_class_accuracy",
        ];
        return
        [
            .. Comparison.Columns.Select(column => Array.IndexOf(keys, column.Key) is >= 0 and var at ? six[at] : null),
        ];
    }

    private static SampleStatistic Statistic(params double[] values) => new(values);
}
