using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class ShapeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _x = arange(6).reshape(2, 3);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_tensor_says_what_it_is()
    {
        Assert.Equal([2L, 3], _x.shape);
        Assert.Equal(2, _x.ndim);
        Assert.Equal(2, _x.dim());
        Assert.Equal(6, _x.numel());
        Assert.Equal(3, _x.size(-1));
        Assert.Equal([3L, 1], _x.stride());
        Assert.Equal(8, _x.ElementSize);
        Assert.Equal(ScalarType.Int64, _x.dtype);
        Assert.Equal("[2x3], type = Int64, device = cpu", _x.ToString());
        Assert.Empty(_x.sum().shape);
    }

    [Fact]
    public void Views_share_memory()
    {
        Tensor view = _x.view(3, 2);
        view.fill_(7);

        Equal([7, 7, 7, 7, 7, 7], _x);
    }

    [Fact]
    public void Dimensions_move_come_and_go()
    {
        Equal([0, 3, 1, 4, 2, 5], _x.transpose(0, 1));
        Equal([0, 3, 1, 4, 2, 5], _x.t());
        Equal([0, 3, 1, 4, 2, 5], _x.T);
        Equal([0, 3, 1, 4, 2, 5], _x.mT);
        Assert.Equal([3L, 2], _x.permute(1, 0).shape);
        Assert.Equal([2L, 1, 3], _x.unsqueeze(1).shape);
        Assert.Equal([2L, 3], _x.unsqueeze(1).squeeze(1).shape);
        Assert.Equal([2L, 3], _x.unsqueeze(0).unsqueeze(-1).squeeze().shape);
        Assert.Equal([6L], _x.flatten().shape);
        Assert.Equal([4L, 2, 3], _x.expand(4, 2, 3).shape);
        Assert.Equal([2L, 6], _x.repeat(1, 2).shape);
        Assert.Equal([2L, 3], _x.expand_as(_x).shape);
        Equal([2, 1, 0, 5, 4, 3], _x.flip(1));
        Equal([2, 0, 1, 5, 3, 4], _x.roll(1, 1));
        Equal([5, 0, 1, 2, 3, 4], _x.roll(1));
    }

    [Fact]
    public void Elements_are_repeated_in_place()
    {
        Equal([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], _x.repeat_interleave(2, 1));
        Equal([0, 1, 2, 3, 4, 5, 3, 4, 5], _x.repeat_interleave(tensor(new long[] { 1, 2 }), 0));
        Equal([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], _x.repeat_interleave(2));
    }

    [Fact]
    public void A_transposed_tensor_is_made_contiguous_by_a_copy()
    {
        Tensor turned = _x.t();

        Assert.False(turned.is_contiguous());
        Assert.True(turned.contiguous().is_contiguous());
        Equal([0, 3, 1, 4, 2, 5], turned.contiguous());
    }

    [Fact]
    public void Tensors_are_joined_and_parted()
    {
        Equal([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], cat([_x, _x]));
        Assert.Equal([2L, 6], cat(new List<Tensor> { _x, _x }, 1).shape);
        Assert.Equal([2L, 2, 3], stack([_x, _x], 1).shape);
        Tensor[] rows = _x.unbind();
        Assert.Equal(2, rows.Length);
        Equal([3, 4, 5], rows[1]);
        Assert.Equal([2L, 1], _x.split(2, 1).Select(part => part.shape[1]));
        Assert.Equal([1L, 2], _x.split([1, 2], 1).Select(part => part.shape[1]));
        Assert.Equal([2L, 1], _x.chunk(2, 1).Select(part => part.shape[1]));
    }

    [Fact]
    public void Triangles_keep_their_half()
    {
        Tensor square = ones(3, 3);

        Equal([1, 0, 0, 1, 1, 0, 1, 1, 1], square.tril());
        Equal([0, 1, 1, 0, 0, 1, 0, 0, 0], square.triu(1));
    }
}
