using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

/// <summary>Gradients against central differences in float64.</summary>
public sealed class AutogradTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, Func<Tensor, Tensor>> Functions => new()
    {
        { "product", x => (x * x.sum()).sum() },
        { "matmul", x => x.matmul(x.t()).square().sum() },
        { "softmax", x => (x.softmax(-1) * Weights()).sum() },
        { "log_softmax", x => (x.log_softmax(-1) * Weights()).sum() },
        { "logsumexp", x => x.logsumexp(-1).square().sum() },
        { "silu", x => nn.functional.silu(x).square().sum() },
        { "rms norm", x => (x * x.square().mean([-1], keepdim: true).add(1e-5).rsqrt() * Weights()).sum() },
        { "index_select", x => x.index_select(0, tensor(new long[] { 1, 1, 0 })).pow(3).sum() },
        { "gather", x => x.gather(1, tensor(new long[,] { { 2, 2 }, { 0, 1 } })).square().sum() },
        { "cross entropy", x => nn.functional.cross_entropy(x, tensor(new long[] { 2, 0 })) },
        { "linear", x => nn.functional.linear(x, Weights(), Doubles(1, 2)).tanh().sum() },
        { "attention", x => nn.functional.scaled_dot_product_attention(x, x * 2, x.sin(), is_casual: true).square().sum() },
        { "rotation", x => cat([-x.narrow(-1, 1, 2), x.narrow(-1, 0, 1)], -1).mul(Weights()).exp().sum() },
        { "scatter_add", x => zeros(2, 3, dtype: float64).scatter_add(0, zeros(2, 3, dtype: int64), x).square().sum() },
        { "where", x => torch.where(x > 0, x.exp(), x.square()).sum() },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_agree_with_differences(string name, Func<Tensor, Tensor> function)
    {
        Assert.NotEmpty(name);
        double[] at = [0.3, -0.7, 1.1, 0.2, 0.9, -0.4];
        Tensor x = tensor(at, [2, 3], requires_grad: true);
        function(x).backward();
        double[] gradient = Of(x.grad!);

        const double step = 1e-5;
        for (int i = 0; i < at.Length; i++)
        {
            double Shifted(double by)
            {
                double[] moved = [.. at];
                moved[i] += by;
                return function(tensor(moved, [2, 3])).item<double>();
            }

            Assert.Equal((Shifted(step) - Shifted(-step)) / (2 * step), gradient[i], 1e-7);
        }
    }

    [Fact]
    public void Gradients_accumulate_until_they_are_cleared()
    {
        Tensor x = tensor(new[] { 3.0 }, requires_grad: true);
        Assert.Null(x.grad);

        x.square().sum().backward();
        x.square().sum().backward();
        Equal([12], x.grad!);

        x.grad!.zero_();
        Equal([0], x.grad!);
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_vector_needs_weights_for_its_outputs()
    {
        Tensor x = tensor(new[] { 1.0, 2 }, requires_grad: true);

        (x * 3).backward([Doubles(1, 10)]);

        Equal([3, 30], x.grad!);
    }

    [Fact]
    public void Autograd_grad_leaves_the_accumulated_gradients_alone()
    {
        Tensor x = tensor(new[] { 2.0 }, requires_grad: true), unused = tensor(new[] { 2.0 }, requires_grad: true);

        IList<Tensor> gradients = autograd.grad([x.pow(3)], [x, unused], allow_unused: true);
        Equal([12], gradients[0]);
        Assert.True(gradients[1].IsInvalid);
        gradients[1].Dispose();
        Assert.Null(x.grad);

        Tensor first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        Equal([12], autograd.grad([first], [x])[0]);
    }

    [Fact]
    public void Backward_can_be_limited_to_some_inputs()
    {
        Tensor x = tensor(new[] { 2.0 }, requires_grad: true), y = tensor(new[] { 5.0 }, requires_grad: true);

        (x * y).backward(inputs: [x]);

        Equal([5], x.grad!);
        Assert.Null(y.grad);
    }

    [Fact]
    public void Leaves_and_history_are_told_apart()
    {
        Tensor x = ones(1, requires_grad: true), y = x * 2;

        Assert.True(x.is_leaf);
        Assert.False(y.is_leaf);
        Assert.True(y.requires_grad);
        Assert.False(y.detach().requires_grad);
        y.retain_grad();
        y.square().sum().backward();
        Equal([4], y.grad!);
        Assert.False(ones(1).requires_grad_(true).requires_grad_(false).requires_grad);
    }

    private static Tensor Weights() => Matrix(new double[,] { { 1, -2, 0.5 }, { 0.25, 3, -1 } });
}
