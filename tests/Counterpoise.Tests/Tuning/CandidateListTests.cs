using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Tuning;

namespace Counterpoise.Tests.Tuning;

public sealed class CandidateListTests
{
    [Fact]
    public void Every_candidate_is_a_recipe_and_reads_back_as_it_was()
    {
        Candidate[] all =
        [
            .. CandidateList.OnFeatures("resnet18", 512, 112),
            .. CandidateList.FineTuned("resnet18", "resnet18", 112, CandidateList.OfNetworks, 5, images: 100),
            .. CandidateList.FromScratch("resnet20", 32, CandidateList.OfNetworks, 30, images: 100),
        ];

        Assert.Equal(all.Length, all.Select(candidate => candidate.Name).Distinct().Count());
        Assert.All(
            all,
            candidate =>
            {
                Assert.Equal(candidate, Candidate.Parse($"{candidate}"));
                _ = SearchSpace.Apply(Recipe.Erm, candidate.Settings).Resolve();
            }
        );
        Assert.Equal(all.Select(candidate => candidate.Cost).Order(), all.Select(candidate => candidate.Cost));
    }

    [Fact]
    public void Plain_post_hoc_adjusted_and_discriminant_analysis_are_always_in_the_race() =>
        Assert.Subset(
            CandidateList
                .OnFeatures("resnet18", 512, 112)
                .Take(CandidateList.FirstProbes)
                .Select(candidate => candidate.Name)
                .ToHashSet(),
            new HashSet<string> { "probe erm", "probe erm+post-hoc-adjustment", "probe lda" }
        );

    [Theory]
    [InlineData("method=erm")]
    [InlineData(": method=erm")]
    [InlineData("plain: erm")]
    public void What_is_no_candidate_is_refused(string line) =>
        Assert.Contains("is no candidate", Assert.Throws<UsageException>(() => Candidate.Parse(line)).Message);

    [Fact]
    public void Few_images_are_trained_on_in_small_batches()
    {
        string few = $"{CandidateList.FromScratch("resnet20", 32, CandidateList.OfNetworks, 30, images: 100).First()}";
        string many =
            $"{CandidateList.FromScratch("resnet20", 32, CandidateList.OfNetworks, 30, images: 5000).First()}";

        Assert.EndsWith("training.batch_size=8 training.learning_rate=0.00625", few, StringComparison.Ordinal);
        Assert.DoesNotContain("batch_size", many, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_have_as_many_epochs_as_the_time_allows()
    {
        // Three without one of five folds, one on five of four: 4.25 trainings, each of two seconds and epochs of ten,
        // which may take a fifth longer.
        Assert.Equal(10, CandidateList.Epochs(4.25 * 122.1, networks: 3, folds: 5, secondsAnEpoch: 10));
        Assert.Equal(9, CandidateList.Epochs(4.25 * 121.9, networks: 3, folds: 5, secondsAnEpoch: 10));
        Assert.Equal(0, CandidateList.Epochs(4.25 * 61.9, networks: 3, folds: 5, secondsAnEpoch: 10));
        Assert.Equal(200, CandidateList.Epochs(1e9, networks: 3, folds: 5, secondsAnEpoch: 10));
        Assert.Equal(4.25 * 62, CandidateList.LeastSeconds(networks: 3, folds: 5, secondsAnEpoch: 10), 1e-9);
    }
}
