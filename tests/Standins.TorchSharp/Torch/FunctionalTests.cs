using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Torch;

public sealed class FunctionalTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Linear_multiplies_by_the_transpose_and_adds_the_bias()
    {
        Tensor x = Matrix(new double[,] { { 1, 2 } }), weight = Matrix(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });

        Equal([1, 2, 3], nn.functional.linear(x, weight));
        Equal([11, 22, 33], nn.functional.linear(x, weight, Doubles(10, 20, 30)));
    }

    [Fact]
    public void Cross_entropy_is_the_negative_log_probability()
    {
        Tensor logits = Matrix(new double[,] { { 0, Math.Log(3) }, { Math.Log(7), 0 }, { 5, 5 } });
        Tensor target = tensor(new long[] { 1, 1, -100 });
        double first = -Math.Log(0.75), second = -Math.Log(1.0 / 8);

        Equal([(first + second) / 2], nn.functional.cross_entropy(logits, target), 1e-12);
        Equal([first + second], nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.Sum), 1e-12);
        Equal([first, second, 0], nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.None), 1e-12);
    }

    [Fact]
    public void Small_functions()
    {
        Equal([1, 0, 0, 0, 0, 1], nn.functional.one_hot(tensor(new long[] { 0, 2 }), 3));
        Equal([2.5], nn.functional.mse_loss(Doubles(1, 2), Doubles(2, 4)));
        Equal([0, 1], nn.functional.relu(Doubles(-1, 1)));
        Tensor x = Doubles(-1, 1);
        Assert.Same(x, nn.functional.relu(x, inplace: true));
        Equal([0, 1], x);
        Equal([0.25, 0.75], nn.functional.softmax(Doubles(0, Math.Log(3)), 0), 1e-12);
        Equal([Math.Log(0.25), Math.Log(0.75)], nn.functional.log_softmax(Doubles(0, Math.Log(3)), 0), 1e-12);
    }

    [Fact]
    public void Attention_is_a_softmax_over_scaled_products()
    {
        using var generator = new Generator(2);
        Tensor q = randn([2, 3, 4, 8], dtype: float64, generator: generator);
        Tensor k = randn([2, 3, 6, 8], dtype: float64, generator: generator);
        Tensor v = randn([2, 3, 6, 8], dtype: float64, generator: generator);
        Tensor scores = q.matmul(k.transpose(-2, -1)) / Math.Sqrt(8);
        Tensor mask = ones(4, 6, dtype: @bool).tril(1);
        Tensor bias = zeros(4, 6, dtype: float64).masked_fill(mask.logical_not(), double.NegativeInfinity);

        Assert.True(Attend(q, k, v).allclose(scores.softmax(-1).matmul(v)));
        Assert.True(Attend(q, k, v, mask).allclose((scores + bias).softmax(-1).matmul(v)));
        Assert.True(Attend(q, k, v, bias).allclose(Attend(q, k, v, mask)));
        Assert.True(nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true)
            .allclose(Attend(q, k, v, ones(4, 6, dtype: @bool).tril())));
    }

    [Fact]
    public void Attention_refuses_a_mask_beside_the_causal_one()
    {
        Tensor x = ones(1, 2, 2);

        Assert.Throws<ArgumentException>(() => nn.functional.scaled_dot_product_attention(x, x, x, ones(2, 2), is_casual: true));
        Assert.Throws<ArgumentException>(() => nn.functional.scaled_dot_product_attention(x, x, x, p: -1));
    }

    private static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? mask = null) =>
        nn.functional.scaled_dot_product_attention(q, k, v, mask);
}
