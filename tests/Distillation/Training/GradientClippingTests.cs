using Reflux.Distillation.Training;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

public sealed class GradientClippingTests
{
    [Theory]
    [InlineData(0, 3, 4)]
    [InlineData(10, 3, 4)]
    [InlineData(2.5, 1.5, 2)]
    public void Gradients_are_scaled_together_to_the_norm_let_through(double maxNorm, double first, double second)
    {
        using var scope = NewDisposeScope();
        var parameters = new Dictionary<string, Tensor> { ["a"] = ones(1, requires_grad: true), ["b"] = ones(1, requires_grad: true), ["c"] = ones(1, requires_grad: true) };
        ((parameters["a"] * 3) + (parameters["b"] * 4)).sum().backward();

        var norm = GradientClipping.Clip(parameters, maxNorm);

        Assert.Equal(5, norm, 1e-6);
        Assert.Equal(first, parameters["a"].grad!.item<float>(), 1e-6);
        Assert.Equal(second, parameters["b"].grad!.item<float>(), 1e-6);
        Assert.Null(parameters["c"].grad);
    }

    [Fact]
    public void Without_gradients_the_norm_is_zero()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(0, GradientClipping.Clip(new Dictionary<string, Tensor> { ["a"] = ones(1) }, 1));
    }
}
