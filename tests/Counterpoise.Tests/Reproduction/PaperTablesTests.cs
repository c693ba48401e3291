using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Reproduction;

namespace Counterpoise.Tests.Reproduction;

public sealed class PaperTablesTests
{
    public static TheoryData<string> Recipes => [.. ReadyRecipes.Names];

    public static TheoryData<string> Tables => [.. PaperTables.All.Select(table => table.Name)];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Every_ready_recipe_resolves_and_follows_the_protocol(string name)
    {
        Recipe recipe = ReadyRecipes.Find(name).Resolve();

        Assert.Equal(0.9, recipe.Training.Momentum);
        if (name.StartsWith("cifar", StringComparison.Ordinal))
        {
            Assert.Equal(128, recipe.Training.BatchSize);
            Assert.Equal(
                recipe.MethodNames.Contains("mfw", StringComparison.Ordinal) ? 300 : 200,
                recipe.Training.Epochs
            );
            Assert.Equal(
                (0.1, 5, 2e-4),
                (recipe.Training.LearningRate, recipe.Training.Warmup, recipe.Training.WeightDecay)
            );
        }
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_cell_has_a_recipe_of_its_data_and_method(string name)
    {
        foreach (PaperCell cell in PaperTables.Find(name).Cells)
        {
            Recipe recipe = ReadyRecipes.Find(cell.Recipe);
            Assert.Equal(
                cell.Set.Contains("step", StringComparison.Ordinal),
                recipe.Data.Imbalance == ImbalanceKind.Step
            );
            Assert.Equal(
                cell.Set.Contains("LT", StringComparison.Ordinal),
                recipe.Data.Imbalance == ImbalanceKind.LongTailed
            );
            string[] parts = cell.Set.Split('-');
            double rho = double.TryParse(parts[^1], out double given) && parts.Length > 2 ? given : 100;
            Assert.True(cell.Data == PaperData.ImageNetLt || recipe.Data.Rho == rho, cell.Recipe);
            string method = cell.Row.Split(' ', ',')[0].Replace("manifold", "manifold-mixup", StringComparison.Ordinal);
            Assert.StartsWith(method, recipe.MethodNames, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(
                cell.Row.Contains("DRW", StringComparison.Ordinal),
                recipe.MethodNames.EndsWith("drw", StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("table6", 20)]
    [InlineData("table7", 8)]
    [InlineData("table8", 16)]
    [InlineData("table9", 16)]
    [InlineData("densenet", 6)]
    [InlineData("d2", 8)]
    [InlineData("d8", 2)]
    [InlineData("figure7", 4)]
    [InlineData("figure8", 2)]
    [InlineData("figure9", 4)]
    [InlineData("figure10", 14)]
    [InlineData("figure11", 2)]
    public void Tables_have_all_their_cells(string name, int cells) =>
        Assert.Equal(cells, PaperTables.Find(name).Cells.Select(cell => (cell.Set, cell.Row)).Distinct().Count());

    [Fact]
    public void Alpha_and_beta_of_a_cell_are_those_that_its_row_names()
    {
        foreach (PaperCell cell in PaperTables.Find("table6").Cells)
        {
            Assert.Equal(cell.Row, $"MFW, alpha {Own(cell).Alpha:0.##}");
        }

        foreach (PaperCell cell in PaperTables.Find("figure10").Cells)
        {
            Assert.Equal(cell.Row, $"MFW, beta {Own(cell).Beta:0.##}");
        }
    }

    /// <summary>The best cell of each column of table 6 is MFW's in table 8.</summary>
    [Fact]
    public void Table_8_has_the_best_alphas_of_table_6()
    {
        foreach (PaperCell cell in PaperTables.Find("table8").Cells.Where(cell => cell.Row == "MFW"))
        {
            PaperCell best = PaperTables
                .Find("table6")
                .Cells.Where(other => other.Set == cell.Set)
                .MaxBy(other => other.Accuracy)!;
            Assert.Equal((best.Recipe, best.Accuracy), (cell.Recipe, cell.Accuracy));
        }
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_nearest()
    {
        Assert.Contains(
            "'table8'",
            Assert.Throws<UsageException>(() => PaperTables.Find("tabel8")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cifar10-lt100-mfw",
            Assert.Throws<UsageException>(() => ReadyRecipes.Find("cifar10-lt-100-mfw")).Message,
            StringComparison.Ordinal
        );
    }

    private static Mfw Own(PaperCell cell) => ReadyRecipes.Find(cell.Recipe).Methods.OfType<Mfw>().Single();
}
