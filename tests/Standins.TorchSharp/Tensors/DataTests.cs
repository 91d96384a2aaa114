using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class DataTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Elements_are_read_in_row_major_order_whatever_the_strides()
    {
        Tensor x = tensor(new[,] { { 1f, 2f, 3f }, { 4f, 5f, 6f } });

        Assert.Equal([1f, 2, 3, 4, 5, 6], x.data<float>().ToArray());
        Assert.Equal([1f, 4, 2, 5, 3, 6], x.t().data<float>().ToArray());
        Assert.Equal([1f, 4, 2, 5, 3, 6], x.t().data<float>());
        Assert.Equal([2f, 5], x.narrow(1, 1, 1).data<float>().ToArray());
        Assert.Equal(6, x.data<float>().Count);
        Assert.Equal([4f], x.sum(dim: 0).narrow(0, 0, 1).data<float>().ToArray().Select(value => value - 1));
    }

    [Fact]
    public void Elements_are_addressed_by_one_index_or_by_all()
    {
        var data = tensor(new[,] { { 1L, 2 }, { 3, 4 } }).t().data<long>();

        Assert.Equal(3, data[0, 1]);
        Assert.Equal(3, data[1]);
        data[1, 0] = 9;
        Assert.Equal([1L, 3, 9, 4], data.ToArray());
        Assert.Throws<IndexOutOfRangeException>(() => data[4]);
        Assert.Throws<IndexOutOfRangeException>(() => data[0, 2]);
    }

    [Fact]
    public void Copies_start_and_stop_where_they_are_told()
    {
        var data = arange(5).data<long>();
        var four = new long[4];
        data.CopyTo(four, 1, 3);

        Assert.Equal([0L, 3, 4, 0], four);
        data.CopyFrom(new long[] { 7, 8 }, 1, 4);
        Assert.Equal([0L, 1, 2, 3, 8], data.ToArray());
        Span<long> two = stackalloc long[2];
        data.CopyTo(two);
        Assert.Equal([0L, 1], two.ToArray());
    }

    [Fact]
    public void Items_are_read_with_the_element_type_or_converted()
    {
        Assert.Equal(2.5, Doubles(2.5).item<double>());
        Assert.Equal(3, tensor(3L).item<long>());
        Assert.Equal((Half)0.5, tensor(new[] { 0.5f }).to(float16).item<Half>());
        Assert.Equal(2.5f, Doubles(2.5).ToSingle());
        Assert.Equal(7.0, tensor(7L).ToDouble());
        Assert.Equal(7, Doubles(7).ToInt32());
        Assert.Equal(7L, tensor(7).ToInt64());
        Assert.True(tensor(true).ToBoolean());
        Assert.Equal(ScalarType.Int64, tensor(7).ToScalar().Type);
    }

    [Fact]
    public void Wrong_types_and_sizes_are_refused()
    {
        Assert.Contains("Single is not compatible with Float64", Assert.Throws<ArgumentException>(() => Doubles(1).data<float>()).Message);
        Assert.Throws<ArgumentException>(() => Doubles(1).item<float>());
        Assert.Throws<ArgumentException>(() => Doubles(1, 2).item<double>());
    }

    [Fact]
    public void Bytes_are_the_memory_itself()
    {
        Tensor x = tensor(new long[] { 1, 2 });

        x.bytes[8] = 5;
        Equal([1, 5], x);
        Assert.Equal(16, x.bytes.Length);
        Assert.Equal(8, x.narrow(0, 1, 1).bytes.Length);
        Assert.Equal(5, x.narrow(0, 1, 1).bytes[0]);
        x.bytes = new byte[16];
        Equal([0, 0], x);
        Assert.Throws<ArgumentException>(() => x.bytes = new byte[15]);
        Assert.Throws<InvalidOperationException>(() => ones(2, 3).t().bytes.Length);
        Assert.Equal(0, empty(0).bytes.Length);
    }

    [Fact]
    public void Bytes_stream_in_and_out()
    {
        Tensor x = arange(1000, dtype: float64), y = empty(1000, dtype: float64);
        using var stream = new MemoryStream();
        x.WriteBytesToStream(stream, 333);
        stream.Position = 0;
        y.ReadBytesFromStream(stream, 777);

        Assert.True(x.Equals(y));
        stream.Position = 1;
        Assert.Throws<EndOfStreamException>(() => y.ReadBytesFromStream(stream));
    }
}
