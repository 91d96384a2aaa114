using System.Reflection;
using Reflux.Tests.Support;

namespace Reflux.Standins.TorchSharp.Tests;

public sealed class ApiTests
{
    [Fact]
    public void What_is_served_is_what_the_list_says()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("api.txt")!;
        using var reader = new StreamReader(stream);
        string[] listed = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        IReadOnlyList<string> served = ApiSurface.Describe(typeof(global::TorchSharp.torch).Assembly);

        Assert.Empty(served.Except(listed));
        Assert.Empty(listed.Except(served));
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
    }
}
