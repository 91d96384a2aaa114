using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class ConversionTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Types_convert_both_ways()
    {
        Tensor x = Doubles(1.5, -2, 0);

        Equal([1, -2, 0], x.to(int64));
        Equal([1, 1, 0], x.to(@bool));
        Assert.Equal(ScalarType.BFloat16, x.to(bfloat16).dtype);
        Assert.Equal(ScalarType.Float16, x.type(float16).dtype);
        Equal([1.5, -2, 0], x.to_type(float32));
        Assert.Equal(ScalarType.Float32, x.to(float32, CPU).dtype);
    }

    [Fact]
    public void An_unneeded_conversion_shares_memory_and_a_copy_does_not()
    {
        Tensor x = Doubles(1);
        Tensor same = x.to(float64), moved = x.cpu(), copy = x.to(float64, copy: true);

        x.fill_(5);

        Assert.NotSame(x, same);
        Equal([5], same);
        Equal([5], moved);
        Equal([1], copy);
    }

    [Fact]
    public void The_source_can_be_disposed_by_the_conversion()
    {
        Tensor x = Doubles(1);

        Equal([1], x.to(float32, disposeAfter: true));
        Assert.True(x.IsInvalid);
    }

    [Fact]
    public void Clones_and_aliases()
    {
        Tensor x = Doubles(1), alias = x.alias(), clone = x.clone();

        x.fill_(2);
        x.Dispose();

        Equal([2], alias);
        Equal([1], clone);
    }

    [Fact]
    public void Half_precision_rounds_to_nearest_even()
    {
        float[] values = [1f, 1.00390625f, 1.01171875f, -3.1415927f, 0, float.PositiveInfinity, 1e-40f];
        BFloat16[] ours = [.. values.Select(value => new BFloat16(value))];
        Tensor theirs = tensor(values).to(bfloat16);

        Assert.Equal(theirs.data<BFloat16>().ToArray(), ours);
        Assert.True(float.IsNaN(new BFloat16(float.NaN).ToSingle()));
        Assert.Equal(1.5f, (float)BFloat16.FromRawValue(0x3FC0));
        Equal([.. ours.Select(value => (double)value)], tensor(ours), 0);
    }
}
