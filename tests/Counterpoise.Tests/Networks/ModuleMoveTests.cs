using System.Reflection;
using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

/// <summary>Networks and heads can be moved to another device or type, as every training on a GPU does first.</summary>
/// <remarks>
/// TorchSharp's move disposes of each old parameter and hands the new one only to a member that bears its registered
/// name. The meta device has no memory and no arithmetic, but moving to it takes the same way as moving to a GPU.
/// </remarks>
public sealed class ModuleMoveTests
{
    private const int Classes = 5;
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Networks =>
        [.. NetworkCatalogue.All.Select(network => network.Name), "features16"];

    public static TheoryData<string> Heads => [.. EveryHead.Makers.Keys];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_moves_with_all_its_members(string name) =>
        AssertMoves(() => NetworkCatalogue.Find(name).Create(Classes, new Draws(1)));

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_head_moves_with_all_its_members(string name) =>
        AssertMoves(() =>
        {
            StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(Classes, new Draws(1));
            network.Head = EveryHead.Makers[name](network, Classes);
            return network;
        });

    [Fact]
    public void No_head_goes_without_a_test() =>
        Assert.Equal(
            [
                .. typeof(Head)
                    .Assembly.GetTypes()
                    .Where(type => type.IsSubclassOf(typeof(Head)))
                    .Select(type => type.Name)
                    .Order(),
            ],
            EveryHead.Makers.Keys.Select(name => name.Split(' ')[0]).Distinct().Order()
        );

    [Theory]
    [MemberData(nameof(Networks))]
    public void What_the_optimizer_keeps_is_where_the_network_is(string name)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(Classes, new Draws(1));
        network.to(META);
        IReadOnlyList<Learner> learning = Learner.Settle(network, new Phase("train", 1), frozenStages: 0);
        using var sgd = new Sgd(learning, 0.9);
        using var adamw = new AdamW(learning, new AdamWSettings(0.9, 0.999, 1e-8)); // Its steps are counted by numbers that are read.

        sgd.Step(0.1, [.. sgd.Parameters.Select(parameter => zeros_like(parameter))]);

        Assert.All(
            sgd.State.Concat(adamw.State),
            state =>
            {
                Assert.Equal(DeviceType.META, state.Kept.device_type);
                Assert.Equal(ScalarType.Float32, state.Kept.dtype);
            }
        );
    }

    [Fact]
    public void A_member_of_another_name_than_the_registered_one_is_found()
    {
        using var scope = NewDisposeScope();
        using var astray = new Astray();
        astray.to(META);
        Assert.Contains("Weight", Stray(astray), StringComparer.Ordinal);
    }

    private static void AssertMoves(Func<StagedNetwork> make)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = make();
        string[] learnt = [.. network.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name)];
        network.to(META);
        AssertWhole(network, DeviceType.META, ScalarType.Float32);

        using StagedNetwork other = make();
        other.to(ScalarType.Float64);
        AssertWhole(other, DeviceType.CPU, ScalarType.Float64);
        other.to(ScalarType.Float32);
        AssertWhole(other, DeviceType.CPU, ScalarType.Float32);
        Assert.Equal(learnt, other.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name));
        Assert.Equal(learnt, network.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name));
    }

    private static void AssertWhole(StagedNetwork network, DeviceType device, ScalarType type)
    {
        foreach (nn.Module module in network.modules().Append(network))
        {
            Assert.Empty(Stray(module));
        }

        foreach ((string name, Tensor tensor) in Registered(network, recurse: true))
        {
            Assert.False(tensor.IsInvalid, name);
            Assert.Equal(device, tensor.device_type);
            Assert.True(tensor.dtype == type || tensor.dtype == ScalarType.Int64, name);
        }
    }

    /// <summary>The members of a module that hold a tensor which is no longer one, or not a registered one.</summary>
    private static List<string> Stray(nn.Module module)
    {
        HashSet<Tensor> registered = [.. Registered(module, recurse: false).Select(r => r.Tensor)];
        List<string> stray = [];
        for (Type type = module.GetType(); type.Assembly != typeof(nn.Module).Assembly; type = type.BaseType!)
        {
            IEnumerable<(string Name, object? Value)> fields = type.GetFields(Own)
                .Select(field => (field.Name, field.GetValue(module)));
            IEnumerable<(string Name, object? Value)> properties = type.GetProperties(Own)
                .Where(property => typeof(Tensor).IsAssignableFrom(property.PropertyType))
                .Select(property => (property.Name, property.GetValue(module)));
            stray.AddRange(
                fields
                    .Concat(properties)
                    .Where(member =>
                        member.Value is Tensor tensor
                        && (tensor.IsInvalid || !registered.Any(known => ReferenceEquals(known, tensor)))
                    )
                    .Select(member => member.Name)
            );
        }

        return stray;
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Registered(nn.Module module, bool recurse) =>
        module
            .named_parameters(recurse)
            .Select(named => (named.name, (Tensor)named.parameter))
            .Concat(module.named_buffers(recurse).Select(named => (named.name, named.buffer)));

    /// <summary>Holds its parameter under another name than it registered it with.</summary>
    private sealed class Astray : nn.Module
    {
        public Astray()
            : base("astray") => register_parameter("weight", Weight);

        public TorchSharp.Modules.Parameter Weight { get; } = new(zeros(2));
    }
}
