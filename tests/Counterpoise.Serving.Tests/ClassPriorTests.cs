using Counterpoise.Basics;
using Counterpoise.Tests;

namespace Counterpoise.Serving.Tests;

public sealed class ClassPriorTests
{
    [Fact]
    public void Balanced_divides_by_what_the_classifier_takes_for_granted()
    {
        float[] row = [0.6f, 0.3f, 0.1f];
        ClassPrior.Balanced(Example.Description).Apply(row);
        Assert.All(row, value => Assert.Equal(1f / 3, value, 1e-6f));
    }

    [Fact]
    public void Training_changes_nothing_where_training_implies_it()
    {
        float[] row = [0.2f, 0.7f, 0.1f];
        ClassPrior.Training(Example.Description).Apply(row);
        Assert.Equal([0.2f, 0.7f, 0.1f], row.Select(value => MathF.Round(value, 6)));
    }

    [Fact]
    public void A_file_says_what_is_expected()
    {
        float[] row = [0.5f, 0.3f, 0.2f];
        Prior("class,frequency\ndog,1\n\"rare, \"\"odd\"\" class\",3\ncat,0\n").Apply(row);
        double dog = 0.3 * 0.25 / 0.3;
        double rare = 0.2 * 0.75 / 0.1;
        Assert.Equal(0, row[0]);
        Assert.Equal(dog / (dog + rare), row[1], 1e-6);
        Assert.Equal(rare / (dog + rare), row[2], 1e-6);
    }

    [Fact]
    public void What_only_impossible_classes_explain_is_left_as_it_is()
    {
        float[] row = [1, 0, 0];
        Prior("class,frequency\ndog,1\n\"rare, \"\"odd\"\" class\",3\ncat,0\n").Apply(row);
        Assert.Equal([1, 0, 0], row);
    }

    [Theory]
    [InlineData("class,frequency\ncat,1\n", "has no line for the class 'dog'; give every class a frequency.")]
    [InlineData(
        "class,frequency\ncow,1\n",
        ", line 2: names the class 'cow', but the classifier's are cat, dog, rare, \"odd\" class, ...; check the spelling."
    )]
    [InlineData("class,frequency\ncat,-1\n", ", line 2: has the frequency '-1', expected a number, 0 or more.")]
    [InlineData("class,frequency\ncat,many\n", ", line 2: has the frequency 'many', expected a number, 0 or more.")]
    [InlineData("class,frequency\ncat,1\ncat,1\n", ", line 3: names the class 'cat' a second time; remove one line.")]
    [InlineData(
        "name,share\ncat,1\n",
        "is not a CSV file with the columns class and frequency; write such a header, then a line a class."
    )]
    [InlineData(
        "",
        "is not a CSV file with the columns class and frequency; write such a header, then a line a class."
    )]
    [InlineData("class,frequency\ncat,0\ndog,0\n\"rare, \"\"odd\"\" class\",0\n", "no class has a frequency above 0")]
    public void A_file_that_is_wrong_is_refused(string content, string fault) =>
        Assert.Contains(
            fault,
            Assert.Throws<CounterpoiseException>(() => Prior(content)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_word_that_is_no_file_is_wrong_usage() =>
        Assert.Equal(
            "prior is 'uniform', expected balanced, training or a CSV file with the columns class and frequency; there is no such file.",
            Assert.Throws<UsageException>(() => ClassPrior.Parse("uniform", Example.Description)).Message
        );

    private static ClassPrior Prior(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["prior.csv"], content);
        return ClassPrior.Parse(folder["prior.csv"], Example.Description);
    }
}
