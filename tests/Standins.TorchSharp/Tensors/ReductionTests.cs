using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class ReductionTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _x = Matrix(new double[,] { { 1, 5, 2 }, { 4, 3, 6 } });

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Sums_and_means_run_over_all_or_some_dimensions()
    {
        Equal([21], _x.sum());
        Equal([5, 8, 8], _x.sum(0L));
        Equal([8, 13], _x.sum(-1));
        Equal([21], _x.sum(0, 1));
        Equal([3.5], _x.mean());
        Equal([8.0 / 3, 13.0 / 3], _x.mean([1]), 1e-12);
        Equal([720], _x.prod());
        Assert.Equal([2L, 1], _x.sum(1, keepdim: true).shape);
        Assert.Equal(ScalarType.Float64, tensor(new[] { 1f }).sum(float64).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { true, true }).sum().dtype);
    }

    [Fact]
    public void Extremes_come_with_their_places()
    {
        Equal([6], _x.max());
        Equal([1], _x.min());
        (Tensor values, Tensor indexes) = _x.max(1);
        Equal([5, 6], values);
        Equal([1, 2], indexes);
        (values, indexes) = _x.min(0, keepdim: true);
        Equal([1, 3, 2], values);
        Equal([0, 1, 0], indexes);
        Assert.Equal([1L, 3], values.shape);
        Equal([5], _x.argmax());
        Equal([1, 2], _x.argmax(1));
        Equal([0], _x.argmin());
        Equal([0, 1], _x.argmin(1));
        Equal([5, 6], _x.amax(1));
        Equal([1], _x.amin(0, 1));
        Assert.Equal(ScalarType.Int64, _x.argmax(1).dtype);
    }

    [Fact]
    public void Amax_can_write_into_a_tensor()
    {
        Tensor target = zeros(2, dtype: float64);

        Assert.Same(target, _x.amax([1], keepdim: false, target));
        Equal([5, 6], target);
    }

    [Fact]
    public void Truth_is_summed_up()
    {
        Equal([0], (_x > 1).all());
        Equal([1], (_x > 5).any());
        Equal([0, 1], (_x > 2).all(1));
        Equal([0, 1], (_x > 5).any(1));
        Equal([4], (_x > 2).count_nonzero());
        Equal([2, 2], (_x > 2).to(int64).narrow(1, 0, 2).count_nonzero([1]) + tensor(new long[] { 1, 0 }));
    }

    [Fact]
    public void Running_totals_and_norms()
    {
        Equal([1, 6, 8, 4, 7, 13], _x.cumsum(1));
        Equal([1, 5, 10, 4, 12, 72], _x.cumprod(1));
        Equal([Math.Sqrt(91)], _x.norm(), 1e-12);
        Equal([Math.Sqrt(30), Math.Sqrt(61)], _x.norm(1), 1e-12);
        Equal([8, 13], _x.norm(1, p: 1), 1e-12);
        Equal([3.5], _x.var());
        Equal([Math.Sqrt(17.5 / 6)], _x.std(unbiased: false), 1e-12);
    }
}
