using System.Globalization;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;

namespace Reflux.Contracts.Tests.Definitions;

public sealed class DivergenceTests
{
    [Theory]
    [InlineData("forward_kl", DivergenceKind.ForwardKl, 0)]
    [InlineData("reverse_kl", DivergenceKind.ReverseKl, 0)]
    [InlineData("jsd(0.5)", DivergenceKind.Jsd, 0.5)]
    [InlineData("skew_forward_kl(0.1)", DivergenceKind.SkewForwardKl, 0.1)]
    [InlineData("skew_reverse_kl(1e-3)", DivergenceKind.SkewReverseKl, 0.001)]
    [InlineData("tvd", DivergenceKind.Tvd, 0)]
    public void Every_divergence_has_a_text(string text, DivergenceKind kind, double parameter)
    {
        var divergence = Divergence.Parse(text);

        Assert.Equal((kind, parameter), (divergence.Kind, divergence.Parameter));
        Assert.Equal(divergence, Divergence.Parse(divergence.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("kl")]
    [InlineData("Forward_KL")]
    [InlineData(" tvd")]
    [InlineData("tvd(0.5)")]
    [InlineData("forward_kl()")]
    [InlineData("jsd")]
    [InlineData("jsd(")]
    [InlineData("jsd()")]
    [InlineData("jsd(0.5")]
    [InlineData("jsd(0.5))")]
    [InlineData("jsd(0,5)")]
    [InlineData("jsd( 0.5)")]
    [InlineData("jsd(0)")]
    [InlineData("jsd(1)")]
    [InlineData("jsd(-0.5)")]
    [InlineData("jsd(NaN)")]
    [InlineData("skew_forward_kl(2)")]
    public void Anything_else_is_refused_with_the_field_and_a_remedy(string text)
    {
        var refusal = Assert.Throws<RefluxException>(() => Divergence.Parse(text));

        Assert.Equal(ErrorCodes.InvalidRequest, refusal.Code);
        Assert.StartsWith("training.objective:", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Give ", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_survives_its_text()
    {
        var random = new Random(1);
        Assert.All(Enumerable.Range(0, 300).Select(_ => random.NextDouble() * Math.Pow(10, -random.Next(8))), parameter =>
        {
            var divergence = Divergence.Parse(string.Create(CultureInfo.InvariantCulture, $"jsd({parameter})"));
            Assert.Equal(parameter, divergence.Parameter);
            Assert.Equal(divergence, Divergence.Parse(divergence.ToString()));
        });
    }
}
