using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class LinearAlgebraTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Products_of_matrices_and_vectors()
    {
        Tensor a = Matrix(new double[,] { { 1, 2 }, { 3, 4 } }), b = Matrix(new double[,] { { 0, 1 }, { 1, 0 } }), v = Doubles(1, 10);

        Equal([2, 1, 4, 3], a.matmul(b));
        Equal([2, 1, 4, 3], a.mm(b));
        Equal([2, 1, 4, 3], torch.matmul(a, b));
        Equal([21, 43], a.mv(v));
        Equal([2, 1, 4, 3, 2, 1, 4, 3], stack([a, a]).bmm(stack([b, b])));
        Equal([101], v.dot(v));
        Equal([1, 10, 10, 100], v.outer(v));
        Equal([(0.5 * 1) + (2 * 2), (0.5 * 1) + (2 * 1), (0.5 * 1) + (2 * 4), (0.5 * 1) + (2 * 3)], ones(2, 2, dtype: float64).addmm(a, b, 0.5f, 2));
        Equal([2, 1, 4, 3], einsum("ij,jk->ik", a, b));
    }

    [Fact]
    public void A_product_is_added_in_place_and_with_beta_0_takes_the_place_of_what_was_there()
    {
        Tensor a = Matrix(new double[,] { { 1, 2 }, { 3, 4 } }), column = Matrix(new double[,] { { 1 }, { 2 } }), row = Matrix(new double[,] { { 1, 10 } });
        Tensor x = full(2, 2, double.NaN, dtype: float64);

        Tensor same = x.addmm_(a, a.t(), beta: 0);

        Assert.Same(x, same);
        Equal([5, 11, 11, 25], x);
        Equal([4.5, 6, 10, 15], x.addmm_(column, row, alpha: -0.5f));
    }

    [Fact]
    public void A_large_product_agrees_with_float64()
    {
        using var generator = new Generator(11);
        Tensor a = randn(64, 300, generator: generator), b = randn(300, 48, generator: generator);

        Tensor exact = a.to(float64).matmul(b.to(float64));

        Assert.True(a.matmul(b).to(float64).allclose(exact, rtol: 1e-4, atol: 1e-4));
    }
}
