using System.Reflection;
using Reflux.Tests.Support;
using TorchSharp;

namespace Reflux.Models.Tests;

/// <summary>
/// The list of what the TorchSharp stand-in serves, against the TorchSharp that this build loaded: on a complete feed the official
/// one, where every line must resolve by reflection, so that code written against the stand-in means the same there.
/// </summary>
public sealed class TorchApiTests
{
    [Fact]
    public void Every_listed_signature_is_in_the_loaded_TorchSharp()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("torch-api.txt")!;
        using var reader = new StreamReader(stream);
        string[] listed = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        IReadOnlyList<string> served = ApiSurface.Describe(typeof(torch).Assembly);

        Assert.NotEmpty(listed);
        Assert.Empty(listed.Except(served));
    }
}
