using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Downloads;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Tests.Data;

namespace Counterpoise.Tests.Networks;

public sealed class PublishedParametersTests : IDisposable
{
    private const string Repository = "timm/resnet18.tv_in1k";
    private const string Token = "hf_thisIsASecret";
    private readonly TempFolder cache = new();
    private readonly byte[] content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];

    private string Folder => Path.Combine(cache.Path, "timm", "resnet18.tv_in1k");

    private string Whole => Path.Combine(Folder, Convert.ToHexStringLower(SHA256.HashData(content)) + ".safetensors");

    public void Dispose() => cache.Dispose();

    [Fact]
    public void The_file_is_fetched_checked_and_kept_so_that_the_next_use_needs_no_server()
    {
        string file;
        using (var hub = new HubServer(content))
        {
            file = Fetch(hub);
            Assert.Equal([("HEAD", $"/{Repository}/resolve/main/model.safetensors", null)], hub.Requests);
            Assert.Equal(Whole, file);
            Assert.Equal(content, File.ReadAllBytes(file));
        }

        Assert.Equal(file, Of("http://127.0.0.1:9").Require(TestContext.Current.CancellationToken));
        Assert.Equal([".lock", Path.GetFileName(Whole)], Names());
    }

    [Fact]
    public void A_token_goes_to_the_hub_alone_and_is_never_told()
    {
        using var hub = new HubServer(content) { Token = Token };
        Assert.Equal(Whole, Fetch(hub, Token));
        Assert.All(hub.Requests, request => Assert.Equal($"Bearer {Token}", request.Authorization));
        Assert.Equal([null], hub.Storage.Authorizations);
        File.Delete(Whole);

        hub.Digest = new string('0', 64);
        string message = Assert.Throws<CounterpoiseException>(() => Fetch(hub, Token)).ToString();
        Assert.DoesNotContain("Secret", message);
        Assert.All(
            Directory.EnumerateFiles(cache.Path, "*", SearchOption.AllDirectories),
            file => Assert.False(File.ReadAllText(file).Contains("Secret", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_repository_that_was_renamed_is_found_and_asked_with_the_token()
    {
        using var hub = new HubServer(content)
        {
            OldName = Repository,
            Repository = "timm/resnet18.new",
            Token = Token,
        };
        Assert.Equal(Whole, Fetch(hub, Token));
        Assert.Equal(2, hub.Requests.Count);
        Assert.All(hub.Requests, request => Assert.Equal($"Bearer {Token}", request.Authorization));
        Assert.Equal([null], hub.Storage.Authorizations);
    }

    [Fact]
    public void A_token_does_not_follow_a_second_redirection_either()
    {
        using var hub = new HubServer(content) { RedirectsTwice = true, Token = Token };
        Assert.Equal(Whole, Fetch(hub, Token));
        Assert.Equal(["HEAD", "GET"], hub.Requests.Select(request => request.Method));
        Assert.All(hub.Requests, request => Assert.Equal($"Bearer {Token}", request.Authorization));
        Assert.Equal([null], hub.Storage.Authorizations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_transfer_that_broke_off_goes_on_where_it_was(bool isKnown)
    {
        using var hub = new HubServer(content);
        hub.Storage.BreakAfter = 100_000;
        hub.Storage.Version = isKnown ? "\"one\"" : null;
        string message = Assert.Throws<CounterpoiseException>(() => Fetch(hub)).Message;
        Assert.Contains("what was fetched is kept, and the same command goes on", message);
        Assert.Null(Directory.EnumerateFiles(Folder, "*.safetensors").FirstOrDefault());
        hub.Storage.BreakAfter = null;

        Assert.Equal(Whole, Fetch(hub));
        Assert.Equal(content, File.ReadAllBytes(Whole));
        Assert.StartsWith("bytes=", hub.Storage.Ranges[1]);
        Assert.Equal([".lock", Path.GetFileName(Whole)], Names());
    }

    [Fact]
    public void Another_content_than_the_hub_says_is_removed_and_fetched_again()
    {
        using var hub = new HubServer(content);
        hub.Storage.Change([.. content.Reverse()], "\"other\"");
        string message = Assert.Throws<CounterpoiseException>(() => Fetch(hub)).Message;
        Assert.Contains($"expected 300000 with {Path.GetFileNameWithoutExtension(Whole)}", message);
        Assert.Equal([".lock"], Names());

        hub.Storage.Change(content, "\"right\"");
        hub.Length = 299_999;
        Assert.Contains("expected 299999 with", Assert.Throws<CounterpoiseException>(() => Fetch(hub)).Message);
        hub.Length = null;
        Assert.Equal(Whole, Fetch(hub));
    }

    [Theory]
    [InlineData("")]
    [InlineData("27f6b56c4f8a7d1c")]
    public void A_hub_that_says_no_SHA_256_is_not_believed(string digest)
    {
        using var hub = new HubServer(content) { Digest = digest };
        Assert.Contains(
            "the server does not say the file's SHA-256 (X-Linked-Etag)",
            Assert.Throws<CounterpoiseException>(() => Fetch(hub)).Message
        );
        Assert.Empty(hub.Storage.Ranges);
    }

    [Theory]
    [InlineData(
        null,
        "it answered 401: there is no such repository, or it needs a token, which is taken from HF_TOKEN"
    )]
    [InlineData("wrong", "it answered 401: there is no such repository, or the token of HF_TOKEN does not open it")]
    public void Without_the_right_token_it_is_said_where_it_comes_from(string? token, string said)
    {
        using var hub = new HubServer(content) { Token = Token };
        Assert.Contains(said, Assert.Throws<CounterpoiseException>(() => Fetch(hub, token)).Message);
    }

    [Fact]
    public void What_cannot_be_fetched_can_be_put_there_by_hand()
    {
        using var hub = new HubServer(content) { Repository = "timm/resnet34.tv_in1k" };
        foreach (
            (string endpoint, string said) in new[]
            {
                (hub.Address, "it answered 404: there is no such repository, or it has no model.safetensors"),
                ("http://127.0.0.1:9/", "Connection refused"),
            }
        )
        {
            string message = Assert
                .Throws<CounterpoiseException>(() => Of(endpoint).Require(TestContext.Current.CancellationToken))
                .Message;
            Assert.StartsWith(
                $"{endpoint}{Repository}/resolve/main/model.safetensors: could not be fetched: ",
                message
            );
            Assert.Contains(said, message);
            Assert.EndsWith(
                $"Fetch it elsewhere and put it at {Path.Combine(Folder, "model.safetensors")}, or give a file with pretrained.",
                message
            );
        }

        File.WriteAllBytes(Path.Combine(Folder, "model.safetensors"), content);
        Assert.Equal(
            Path.Combine(Folder, "model.safetensors"),
            Of("http://127.0.0.1:9").Require(TestContext.Current.CancellationToken)
        );
        Assert.StartsWith($"the network starts from {Repository}, kept as", Of("http://127.0.0.1:9").Note);
    }

    [Fact]
    public void A_kept_file_that_was_changed_and_several_of_them_are_refused()
    {
        using var hub = new HubServer(content);
        _ = Fetch(hub);
        File.AppendAllText(Whole, "x");
        Assert.Contains("expected that of its name", Assert.Throws<CounterpoiseException>(() => Fetch(hub)).Message);
        File.WriteAllBytes(Path.Combine(Folder, "model.safetensors"), content);
        Assert.Contains("holds 2 files", Assert.Throws<CounterpoiseException>(() => Fetch(hub)).Message);
    }

    [Fact]
    public void Several_at_once_fetch_it_once()
    {
        using var hub = new HubServer(content);
        string[] files = new string[4];
        CancellationToken stop = TestContext.Current.CancellationToken;
        Parallel.For(
            0,
            files.Length,
            new ParallelOptions { MaxDegreeOfParallelism = files.Length, CancellationToken = stop },
            i => files[i] = Of(hub.Address).Require(stop)
        );
        Assert.All(files, file => Assert.Equal(Whole, file));
        Assert.Single(hub.Storage.Ranges);
    }

    [Theory]
    [InlineData("resnet50", "timm/resnet50.tv_in1k")]
    [InlineData("resnext50", "timm/resnext50_32x4d.tv_in1k")]
    [InlineData("timm/resnet50.a1_in1k", "timm/resnet50.a1_in1k")]
    [InlineData("timm/weights.safetensors", null)]
    [InlineData("timm/../secret", null)]
    [InlineData("timm/a/b", null)]
    [InlineData("./resnet50", null)]
    [InlineData("resnet8", null)]
    [InlineData("", null)]
    public void Names_are_told_from_files(string name, string? repository) =>
        Assert.Equal(repository, PublishedParameters.RepositoryOf(name));

    [Theory]
    [InlineData(null, "https://huggingface.co/timm/x/resolve/main/y")]
    [InlineData(" https://mirror.example/hub/ ", "https://mirror.example/hub/timm/x/resolve/main/y")]
    public void The_environment_chooses_the_server(string? endpoint, string address) =>
        Assert.Equal(address, new HubAccess(HubAccess.EndpointOf(endpoint), null).AddressOf("timm/x", "y").AbsoluteUri);

    [Fact]
    public void An_address_that_is_none_is_refused() =>
        Assert.StartsWith(
            "HF_ENDPOINT is mirror, expected the address of a server",
            Assert.Throws<UsageException>(() => HubAccess.EndpointOf("mirror")).Message
        );

    [Theory]
    [InlineData("https://huggingface.co/x", true)]
    [InlineData("http://huggingface.co/x", false)]
    [InlineData("https://huggingface.co:444/x", false)]
    [InlineData("https://cdn.huggingface.co/x", false)]
    [InlineData("https://huggingface.co.example/x", false)]
    public void The_token_is_for_one_server(string address, bool isSent) =>
        Assert.Equal(
            isSent,
            new HubAccess(new Uri("https://huggingface.co"), Token).AuthorizationFor(new Uri(address)) is not null
        );

    [Fact]
    public void A_recipe_keeps_the_name_and_gets_the_normalisation()
    {
        Recipe recipe = Recipe.Erm with { Model = "resnet18", Pretrained = "resnet18" };
        Recipe resolved = recipe.Resolve();
        Assert.Equal("resnet18", resolved.Pretrained);
        Assert.Equal(NormalisationKind.Imagenet, resolved.Data.Normalisation);
        Assert.Equal(resolved, Recipe.Parse(resolved.ToToml()));
        Recipe own = recipe with { Data = recipe.Data with { Normalisation = NormalisationKind.Data } };
        Assert.Equal(NormalisationKind.Data, own.Resolve().Data.Normalisation);
        Assert.Equal(
            NormalisationKind.Auto,
            (recipe with { Pretrained = "resnet18.safetensors" }).Resolve().Data.Normalisation
        );
    }

    [Fact]
    public void A_name_of_another_network_is_refused_before_anything_is_fetched() =>
        Assert.StartsWith(
            "pretrained is resnet50, which is of another network than resnet18",
            Assert
                .Throws<UsageException>(() =>
                    (Recipe.Erm with { Model = "resnet18", Pretrained = "resnet50" }).Resolve()
                )
                .Message
        );

    [Fact]
    public void Images_are_then_normalised_as_is_usual_for_ImageNet_and_that_is_said()
    {
        using var images = new ImageData("small", TestImages.Random(8, 8, 8), TestImages.Random(4, 8, 8), []);
        TrainingData data = TrainingData.Prepare(
            images,
            new DataSettings { ImageSize = 8, Normalisation = NormalisationKind.Imagenet }
        );
        Assert.Equal(Normalisation.Imagenet, data.Normalisation);
        Assert.Contains(
            "small: pixels are normalised as is usual for ImageNet, by the mean 0.485, 0.456, 0.406 and the standard deviation 0.229, 0.224, 0.225.",
            data.Notes
        );
        Assert.Equal(
            images.NormalisationFor(images.Train),
            TrainingData.Prepare(images, new DataSettings { ImageSize = 8 }).Normalisation
        );
    }

    private string Fetch(HubServer hub, string? token = null) =>
        Of(hub.Address, token).Require(TestContext.Current.CancellationToken);

    private PublishedParameters Of(string endpoint, string? token = null) =>
        new(Repository, new HubAccess(new Uri(endpoint), token), cache.Path);

    private string[] Names() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(Folder)
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];
}
