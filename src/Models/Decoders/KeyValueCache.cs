using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// Keys and values of the tokens so far, per layer, in memory taken once: [rows, key-value heads, capacity, head width]. The token at position p of a row is
/// in column p, whatever the other rows hold.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly Tensor _firstPlaces;
    private readonly int _heads;
    private readonly int _width;
    private readonly long _capacity;

    /// <param name="config">The decoder's.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="capacity">The most tokens that a row will hold.</param>
    /// <param name="device">Where the decoder is.</param>
    /// <param name="dtype">The decoder's element type.</param>
    public KeyValueCache(ModelConfig config, long rows, long capacity, Device device, ScalarType dtype)
    {
        (_heads, _width, _capacity) = (config.KeyValueHeads, config.HeadDim, capacity);
        _keys = CreateBuffers();
        _values = CreateBuffers();
        using Scalar end = rows * _heads * capacity, step = capacity;
        _firstPlaces = arange(Scalars.Zero, end, step, ScalarType.Int64, device).view(rows, _heads).DetachFromDisposeScope();

        // zeros: a column that is not filled yet meets the weight 0, and 0 · NaN would be NaN
        Tensor[] CreateBuffers() =>
            [.. Enumerable.Range(0, config.Layers).Select(_ => zeros([rows, _heads, capacity, _width], dtype, device).DetachFromDisposeScope())];
    }

    /// <summary>Element type of keys and values.</summary>
    public ScalarType Dtype => _keys[0].dtype;

    /// <summary>Stores the whole of some rows in one layer and returns it as [n·heads,T,d].</summary>
    /// <param name="layer">Its index.</param>
    /// <param name="row">The first row.</param>
    /// <param name="keys">[n,heads,T,d]</param>
    /// <param name="values">[n,heads,T,d]</param>
    public (Tensor Keys, Tensor Values) Fill(int layer, long row, Tensor keys, Tensor values)
    {
        return (Fill(_keys[layer], keys), Fill(_values[layer], values));

        Tensor Fill(Tensor buffer, Tensor added)
        {
            (long rows, long length) = (added.size(0), added.size(2));
            buffer.narrow(0, row, rows).narrow(2, 0, length).copy_(added);
            return buffer.view(-1, _capacity, _width).narrow(0, row * _heads, rows * _heads).narrow(1, 0, length);
        }
    }

    /// <summary>Where in a layer the tokens at these positions of the first R rows belong, int64 [R·heads].</summary>
    /// <param name="positions">int64 [R]</param>
    public Tensor PlacesOf(Tensor positions) => _firstPlaces.narrow(0, 0, positions.size(0)).Plus(positions.unsqueeze(1)).reshape(-1);

    /// <summary>Stores one token of each of the first R rows in one layer and returns all of these rows as [R·heads,span,d].</summary>
    /// <param name="layer">Its index.</param>
    /// <param name="places">From <see cref="PlacesOf"/>.</param>
    /// <param name="keys">[R,heads,d]</param>
    /// <param name="values">[R,heads,d]</param>
    /// <param name="span">Columns that are filled in the longest row.</param>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor places, Tensor keys, Tensor values, long span)
    {
        return (Append(_keys[layer], keys), Append(_values[layer], values));

        Tensor Append(Tensor buffer, Tensor added)
        {
            buffer.view(-1, _width).index_copy_(0, places, added.reshape(-1, _width));
            return buffer.view(-1, _capacity, _width).narrow(0, 0, places.size(0)).narrow(1, 0, span);
        }
    }

    /// <summary>Puts the first columns of one row in the place of another.</summary>
    public void Move(long from, long to, long columns)
    {
        using var scope = NewDisposeScope();
        foreach (Tensor buffer in _keys.Concat(_values))
        {
            buffer.select(0, to).narrow(1, 0, columns).copy_(buffer.select(0, from).narrow(1, 0, columns));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _firstPlaces.Dispose();
        foreach (Tensor buffer in _keys.Concat(_values))
        {
            buffer.Dispose();
        }
    }
}
