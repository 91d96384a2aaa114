using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class IndexingTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _x = Matrix(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Parts_are_taken_along_a_dimension()
    {
        Equal([2, 3, 5, 6], _x.narrow(1, 1, 2));
        Equal([1, 3, 4, 6], _x.slice(1, 0, 3, 2));
        Equal([4, 5, 6], _x.select(0, 1));
        Equal([3, 1, 6, 4], _x.index_select(1, tensor(new long[] { 2, 0 })));
        Equal([2, 4], _x.gather(1, tensor(new long[,] { { 1 }, { 0 } })));
        Equal([2, 3, 4, 5, 6], _x.masked_select(_x > 1));
        Equal([0, 2, 1, 1], ((_x == 3) | (_x == 5)).nonzero());
    }

    [Fact]
    public void Values_are_scattered_and_added_by_index()
    {
        Tensor index = tensor(new long[,] { { 0, 0 } }), source = Matrix(new double[,] { { 10, 20 } });

        Equal([11, 22, 3, 4, 5, 6], _x.scatter_add(0, index, source));
        Equal([10, 20, 3, 4, 5, 6], _x.scatter(0, index, source));
        Equal([21, 2, 43, 4, 5, 6], _x.index_add(0, tensor(new long[] { 0 }), Matrix(new double[,] { { 10, 0, 20 } }), 2));
        Equal([7, 2, 3, 8, 5, 6], _x.index_copy(1, tensor(new long[] { 0 }), Matrix(new double[,] { { 7 }, { 8 } })));
        Equal([1, 2, 9, 4, 5, 9], _x.index_fill(1, tensor(new long[] { 2 }), 9));
    }

    [Fact]
    public void The_same_works_in_place()
    {
        Tensor first = tensor(new long[] { 0 });
        Tensor row = Matrix(new double[,] { { 1, 1, 1 } });

        Equal([2, 3, 4, 4, 5, 6], _x.index_add_(0, first, row, 1));
        Equal([1, 1, 1, 4, 5, 6], _x.index_copy_(0, first, row));
        Equal([0, 0, 0, 4, 5, 6], _x.index_fill_(0, first, 0));
        Equal([1, 1, 1, 4, 5, 6], _x.scatter_(0, zeros(1, 3, dtype: int64), row));
        Equal([2, 2, 2, 4, 5, 6], _x.scatter_add_(0, zeros(1, 3, dtype: int64), row));
        Equal([2, 2, 2, -1, -1, -1], _x.masked_fill_(_x > 3, -1));
    }

    [Fact]
    public void Masks_choose_between_values()
    {
        Tensor mask = tensor(new[,] { { true, false, true }, { false, true, false } });

        Equal([0, 2, 0, 4, 0, 6], _x.masked_fill(mask, 0));
        Equal([1, 20, 3, 40, 5, 60], _x.where(mask, _x * 10));
        Equal([1, 20, 3, 40, 5, 60], torch.where(mask, _x, _x * 10));
    }

    [Fact]
    public void Order_is_found()
    {
        (Tensor values, Tensor indexes) = Doubles(3, 1, 2).topk(2);
        Equal([3, 2], values);
        Equal([0, 2], indexes);
        (values, indexes) = Doubles(3, 1, 2).sort(descending: true);
        Equal([3, 2, 1], values);
        Equal([0, 2, 1], indexes);
        Equal([0, 1, 2], tensor(new long[] { 5, 5, 5 }).sort(stable: true).Indices);
        Equal([1, 2, 0], Doubles(3, 1, 2).argsort());
        Equal([0, 1, 1, 3], searchsorted(Doubles(1, 2, 3), Doubles(0, 1.5, 2, 9)));
        Equal([2], searchsorted(Doubles(1, 2, 3), Doubles(2), right: true));
        Equal([1, 0, 2], tensor(new long[] { 0, 2, 2 }).bincount(null));
        Equal([0.5, 0, 0.75], tensor(new long[] { 0, 2, 2 }).bincount(Doubles(0.5, 0.25, 0.5)));
    }
}
