using System.Reflection;
using Orleans.Runtime;
using Reflux.Grains.Cluster;

namespace Reflux.Grains.Tests;

/// <summary>What must not change by accident: names on the wire, and that every type that crosses it has one.</summary>
public sealed class ContractTests
{
    private static readonly Assembly Grains = typeof(IClusterGrain).Assembly;

    // official Orleans generates codecs into the assembly, named after what they are for
    private static readonly List<Type> Types = [.. Grains.GetTypes().Where(t => t.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true)];

    private static readonly List<Type> Contracts = [.. Types.Where(t => t.IsInterface && typeof(IAddressable).IsAssignableFrom(t))];

    private static readonly List<Type> Crossing = [.. Contracts.SelectMany(Reachable).Concat(States()).Distinct()];

    public static TheoryData<Type> GrainInterfaces => [.. Contracts];

    public static TheoryData<Type> SerializedTypes => [.. Crossing];

    [Theory]
    [MemberData(nameof(GrainInterfaces))]
    public void Grain_interfaces_and_their_methods_have_aliases(Type contract)
    {
        Assert.NotNull(contract.GetCustomAttribute<AliasAttribute>());
        Assert.All(contract.GetMethods(), method =>
        {
            Assert.NotNull(method.GetCustomAttribute<AliasAttribute>());
            Assert.True(typeof(Task).IsAssignableFrom(method.ReturnType), $"{method.Name} must return a task");
        });
        Assert.Equal(contract.GetMethods().Length, contract.GetMethods().Select(m => m.GetCustomAttribute<AliasAttribute>()!.Alias).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(SerializedTypes))]
    public void Serialised_types_have_aliases_serializers_and_ids(Type type)
    {
        Assert.NotNull(type.GetCustomAttribute<AliasAttribute>());
        Assert.NotNull(type.GetCustomAttribute<GenerateSerializerAttribute>());
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.CanWrite).ToList();
        var ids = members.Select(m => m.GetCustomAttribute<IdAttribute>()?.Id).ToList();
        Assert.DoesNotContain(null, ids);
        Assert.Equal(Enumerable.Range(0, members.Count).Select(i => (uint?)i), ids.Order());
    }

    [Fact]
    public void Aliases_are_unique()
    {
        var aliases = Types.Select(t => t.GetCustomAttribute<AliasAttribute>()?.Alias).OfType<string>().ToList();
        Assert.True(aliases.Count > 15);
        Assert.Equal(aliases.Count, aliases.Distinct().Count());
    }

    [Fact]
    public void The_walk_over_the_contracts_finds_the_types_that_cross()
    {
        var names = Crossing.Select(type => type.Name).ToList();
        Assert.Contains("StudentDirective", names);
        Assert.Contains("StudentJob", names);
        Assert.Contains("SnapshotsState", names);
        Assert.Contains("GrainFault", names);
    }

    private static IEnumerable<Type> States() => Types.Where(t => t.Name.EndsWith("State", StringComparison.Ordinal) || typeof(Exception).IsAssignableFrom(t))
        .SelectMany(Walk);

    private static IEnumerable<Type> Reachable(Type contract) =>
        contract.GetMethods().SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)).SelectMany(Walk);

    private static IEnumerable<Type> Walk(Type type)
    {
        var inner = type.IsGenericType ? type.GetGenericArguments() : type.IsArray ? [type.GetElementType()!] : [];
        return inner.SelectMany(Walk).Concat(
            type.Assembly == Grains
                ? type.GetProperties().Where(p => p.CanWrite && p.DeclaringType == type && p.PropertyType != type).SelectMany(p => Walk(p.PropertyType)).Append(type)
                : []);
    }
}
