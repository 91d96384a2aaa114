using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Torch;

public sealed class FactoryTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Filled_tensors_are_float32_unless_told_otherwise()
    {
        Assert.Equal(ScalarType.Float32, zeros(2).dtype);
        Assert.Equal(ScalarType.BFloat16, ones(2, 3, dtype: bfloat16).dtype);
        Assert.Equal(ScalarType.Int64, full(2, 7).dtype);
        Assert.Equal(ScalarType.Float32, full(2, 7.0).dtype);
        Assert.Equal([2L, 3, 4, 5], empty(2, 3, 4, 5).shape);
        Assert.Equal([2L, 3, 4], zeros([2L, 3, 4]).shape);
        Equal([1, 1], ones(new long[] { 2 }));
        Equal([2.5, 2.5, 2.5], full(3, 2.5));
        Assert.True(zeros(1, requires_grad: true).requires_grad);
    }

    [Fact]
    public void Tensors_like_others()
    {
        Tensor x = Doubles(1, 2);

        Equal([0, 0], zeros_like(x));
        Equal([1, 1], ones_like(x));
        Equal([3, 3], full_like(x, 3));
        Assert.Equal(ScalarType.Float64, empty_like(x).dtype);
        Assert.Equal(ScalarType.Int32, zeros_like(x, dtype: int32).dtype);
    }

    [Fact]
    public void Ranges()
    {
        Equal([0, 1, 2], arange(3));
        Equal([1, 3, 5], arange(1, 6, 2));
        Equal([0.5, 1, 1.5], arange(0.5, 2, 0.5, dtype: float64));
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Float32, arange(0, 1, 0.5).dtype);
        Equal([0, 0.25, 0.5, 0.75, 1], linspace(0, 1, 5));
        Equal([1, 0, 0, 1], eye(2));
    }

    [Fact]
    public void Arrays_are_copied_with_their_type()
    {
        long[] values = [1, 2, 3, 4];
        Tensor x = tensor(values, [2, 2]);
        values[0] = 9;

        Equal([1, 2, 3, 4], x);
        Assert.Equal([2L, 2], x.shape);
        Assert.Equal(ScalarType.Int64, x.dtype);
        Assert.Equal(ScalarType.Int32, tensor(new[] { 1 }).dtype);
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true }).dtype);
        Assert.Equal(ScalarType.Float16, tensor(new[] { (Half)1 }).dtype);
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1.0 }, dtype: float32).dtype);
        Assert.Equal(ScalarType.Float32, tensor(1f).dtype);
        Assert.Equal(ScalarType.Float64, tensor(1.0).dtype);
        Assert.Empty(tensor(1L).shape);
        Assert.Equal([2L, 2], tensor(new[,] { { 1f, 2f }, { 3f, 4f } }).shape);
        Equal([5, 6], tensor(new List<long> { 5, 6 }));
        Assert.Equal([0L], tensor(Array.Empty<float>()).shape);
    }

    [Fact]
    public void A_shape_larger_than_its_array_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => tensor(new[] { 1f, 2f }, [3]));
        Assert.Contains("3 vs. 2", error.Message);
    }

    [Fact]
    public void Names_of_dimensions_are_refused()
    {
        Assert.Throws<NotSupportedException>(() => zeros(2, names: ["N"]));
    }
}
