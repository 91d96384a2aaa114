using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class ArithmeticTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Operators_compute_element_by_element_and_broadcast()
    {
        Tensor x = Matrix(new double[,] { { 1, 2 }, { 3, 4 } });
        Tensor row = Doubles(10, 20);

        Equal([11, 22, 13, 24], x + row);
        Equal([-9, -18, -7, -16], x - row);
        Equal([10, 40, 30, 80], x * row);
        Equal([0.1, 0.1, 0.3, 0.2], x / row);
        Equal([1, 2, 0, 1], x % 3);
        Equal([-1, -2, -3, -4], -x);
    }

    [Fact]
    public void Operators_take_scalars_on_both_sides()
    {
        Tensor x = Doubles(1, 2, 4);

        Equal([3, 4, 6], x + 2);
        Equal([3, 4, 6], 2L + x);
        Equal([1.5, 0.5, -1.5], 2.5 - x);
        Equal([0.5, 1, 2], x * 0.5f);
        Equal([4, 2, 1], 4 / x);
        Equal([2, 4, 8], (Scalar)2 * x);
    }

    [Fact]
    public void Add_takes_a_factor()
    {
        Equal([1 + (2 * 10), 2 + (2 * 20)], Doubles(1, 2).add(Doubles(10, 20), 2));
    }

    [Theory]
    [InlineData(RoundingMode.None, -3.5)]
    [InlineData(RoundingMode.trunc, -3)]
    [InlineData(RoundingMode.floor, -4)]
    public void Division_rounds_as_asked(RoundingMode mode, double expected)
    {
        Equal([expected], Doubles(-7).div(2, mode));
        Equal([expected], Doubles(-7).div(Doubles(2), mode));
        Equal([expected], Doubles(-7).div_(2, mode));
        Equal([expected], Doubles(-7).div_(Doubles(2), mode));
    }

    [Fact]
    public void Fused_operations_follow_their_formulas()
    {
        Tensor x = Doubles(1, 2), a = Doubles(3, 4), b = Doubles(5, 8);

        Equal([1 + (0.5 * 15), 2 + (0.5 * 32)], x.addcmul(a, b, 0.5));
        Equal([1 + (2 * 3.0 / 5), 2 + (2 * 0.5)], x.addcdiv(a, b, 2));
        Equal([1 + (0.25 * 2), 2 + (0.25 * 2)], x.lerp(a, Doubles(0.25)));
        Equal([3, 4], x.maximum(a));
        Equal([1, 2], x.minimum(a));
        Equal([Math.Log(Math.Exp(1) + Math.Exp(3))], Doubles(1).logaddexp(Doubles(3)));
    }

    [Fact]
    public void In_place_operations_change_the_tensor_and_return_it()
    {
        Tensor x = Doubles(4, 9);
        Tensor same = x.sqrt_();

        Assert.Same(x, same);
        Equal([2, 3], x);
        Equal([5, 6], x.add_(3));
        Equal([6, 8], x.add_(Doubles(0.5, 1), 2));
        Equal([5, 7], x.sub_(1));
        Equal([4, 5], x.sub_(Doubles(1, 2)));
        Equal([8, 10], x.mul_(2));
        Equal([8, 20], x.mul_(Doubles(1, 2)));
        Equal([8, 20.5], x.addcmul_(Doubles(0, 1), Doubles(1, 0.5), 1));
        Equal([9, 20.5], x.addcdiv_(Doubles(1, 0), Doubles(2, 1), 2));
        Equal([4.5, 10.25], x.lerp_(Doubles(0, 0), Doubles(0.5)));
        Equal([5, 10], x.clamp_(5, 10));
        Equal([7, 7], x.fill_(7));
        Equal([1, 2], x.copy_(tensor(new long[] { 1, 2 })));
        Equal([-1, -2], x.neg_());
        Equal([1, 2], x.abs_());
        Equal([Math.E, Math.Exp(2)], x.exp_());
        Equal([0, 0], x.zero_());
    }

    [Fact]
    public void Types_promote_as_libtorch_promotes()
    {
        Assert.Equal(ScalarType.Float32, (tensor(new long[] { 1 }) + tensor(new[] { 1f })).dtype);
        Assert.Equal(ScalarType.Int64, (tensor(new long[] { 1 }) + 1).dtype);
        Assert.Equal(ScalarType.Float32, (tensor(new long[] { 1 }) + 1.5).dtype);
        Assert.Equal(ScalarType.Float32, (tensor(new[] { 1f }) * 1.5).dtype);
    }

    [Fact]
    public void Bits_and_truth_combine()
    {
        Tensor a = tensor(new[] { true, true, false }), b = tensor(new[] { true, false, false });

        Equal([1, 0, 0], a & b);
        Equal([1, 1, 0], a | b);
        Equal([0, 1, 0], a ^ b);
        Equal([0, 0, 1], ~a);
        Equal([1, 0, 0], a.logical_and(b));
        Equal([1, 1, 0], a.logical_or(b));
        Equal([0, 1, 0], a.logical_xor(b));
        Equal([0, 0, 1], a.logical_not());
        Equal([6], tensor(new long[] { 5 }) ^ tensor(new long[] { 3 }));
    }

    [Fact]
    public void Comparisons_give_bools()
    {
        Tensor x = Doubles(1, 2, 3), y = Doubles(2, 2, 2);

        Equal([0, 1, 0], x == y);
        Equal([1, 0, 1], x != y);
        Equal([1, 0, 0], x < y);
        Equal([1, 1, 0], x <= y);
        Equal([0, 0, 1], x > y);
        Equal([0, 1, 1], x >= y);
        Equal([0, 1, 0], x.eq(2));
        Equal([1, 0, 0], 2 > x);
        Assert.Equal(ScalarType.Bool, (x < 2).dtype);
        Assert.True(x.allclose(x + 1e-9));
        Assert.False(x.allclose(y));
        Assert.True(x.Equals(x.clone()));
        Assert.False(x.Equals(y));
        Equal([1, 1, 0], x.isclose(Doubles(1, 2, 4)));
    }
}
