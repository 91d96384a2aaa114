using Reflux.Tests.Support;

namespace Reflux.Cli.Tests;

/// <summary>Official TorchSharp keeps no scalar alive while libtorch reads it, so the product must (see Reflux.Models.Scalars).</summary>
public sealed class HeldScalarsTests
{
    [Fact]
    public void The_product_holds_every_scalar_through_the_call_it_is_made_for()
    {
        var product = Directory.GetFiles(AppContext.BaseDirectory, "Reflux.*.dll").Where(file =>
            Path.GetFileName(file) is var name && !name.Contains("Tests", StringComparison.Ordinal) && !name.Contains("Standins", StringComparison.Ordinal)).ToList();

        Assert.Contains(product, file => Path.GetFileName(file) == "Reflux.Distillation.dll");
        Assert.Empty(product.SelectMany(UnheldScalars.In));
    }
}
