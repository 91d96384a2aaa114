using Orleans;
using Reflux.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Api;

/// <summary>What the stand-in serves, against the one official package that every feed has: Microsoft.Orleans.Core.Abstractions.</summary>
public sealed class OfficialAbstractionsTests
{
    private static readonly IReadOnlyDictionary<string, IReadOnlySet<string>> Official =
        MetadataSurface.Read(Path.Combine(AppContext.BaseDirectory, "official", "Orleans.Core.Abstractions.dll"));

    [Fact]
    public void Every_served_signature_of_its_types_is_official()
    {
        var shared = typeof(Grain).Assembly.GetExportedTypes().Where(type => Official.ContainsKey(type.FullName!)).ToArray();
        Assert.True(shared.Length >= 40, $"Only {shared.Length} served types are in the official assembly.");
        Assert.Contains(typeof(Grain), shared);
        Assert.Contains(typeof(IGrainFactory), shared);
        var unofficial = shared.SelectMany(type => ApiSurface.Describe(type).Except(Official[type.FullName!]));
        Assert.Empty(unofficial);
    }

    [Theory]
    [InlineData("Orleans.Grain", "System.Threading.Tasks.Task Orleans.Grain.OnActivateAsync(System.Threading.CancellationToken cancellationToken)")]
    [InlineData("Orleans.Grain", "protected System.Void Orleans.Grain.DeactivateOnIdle()")]
    [InlineData("Orleans.DeactivationReasonCode", "enum(System.Byte) Orleans.DeactivationReasonCode")]
    public void The_reader_writes_lines_as_reflection_does(string type, string line) => Assert.Contains(line, Official[type]);

    [Fact]
    public void The_comparison_can_fail() =>
        Assert.DoesNotContain("System.Void Orleans.Grain.DeactivateOnIdle()", Official["Orleans.Grain"]);
}
