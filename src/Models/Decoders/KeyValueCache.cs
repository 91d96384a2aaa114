using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// Keys and values of the tokens so far, per layer, in memory taken once: [B, key-value heads, capacity, head width]. All rows of the batch
/// fill the same columns; rows with shorter prompts begin with columns that their mask hides.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly Tensor? _positions;
    private readonly int _heads;
    private readonly int _width;

    /// <param name="config">The decoder's.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="capacity">The most columns that will be filled.</param>
    /// <param name="device">Where the decoder is.</param>
    /// <param name="dtype">The decoder's element type.</param>
    public KeyValueCache(ModelConfig config, long batch, long capacity, Device device, ScalarType dtype = ScalarType.Float32)
    {
        (Batch, Capacity, _heads, _width) = (batch, capacity, config.KeyValueHeads, config.HeadDim);
        _keys = CreateBuffers();
        _values = CreateBuffers();
        _positions = config.SlidingWindow is null ? null : zeros(batch, capacity, ScalarType.Int64, device).DetachFromDisposeScope();

        Tensor[] CreateBuffers() =>
            [.. Enumerable.Range(0, config.Layers).Select(_ => empty(batch, _heads, capacity, _width, dtype, device).DetachFromDisposeScope())];
    }

    /// <summary>The rows in use.</summary>
    public long Batch { get; private set; }

    /// <summary>The columns there are.</summary>
    public long Capacity { get; }

    /// <summary>The columns filled so far.</summary>
    public long Length { get; private set; }

    /// <summary>Keeps only some rows, in the order given, and forgets the others.</summary>
    /// <param name="rows">int64 [R], ascending.</param>
    public void Keep(Tensor rows)
    {
        using var scope = NewDisposeScope();
        long kept = rows.size(0);
        foreach (Tensor buffer in _keys.Concat(_values))
        {
            Tensor filled = buffer.narrow(0, 0, Batch).narrow(2, 0, Length).index_select(0, rows);
            buffer.narrow(0, 0, kept).narrow(2, 0, Length).copy_(filled);
        }

        if (_positions is not null)
        {
            Tensor filled = _positions.narrow(0, 0, Batch).narrow(1, 0, Length).index_select(0, rows);
            _positions.narrow(0, 0, kept).narrow(1, 0, Length).copy_(filled);
        }

        Batch = kept;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor buffer in _keys.Concat(_values))
        {
            buffer.Dispose();
        }

        _positions?.Dispose();
    }

    /// <summary>Stores the positions [B,T] of the columns behind what is there and returns all of them, [B,S]; null where the model has no window to need them.</summary>
    internal Tensor? AppendPositions(Tensor positions)
    {
        long columns = positions.size(1);
        _positions?.narrow(0, 0, Batch).narrow(1, Length, columns).copy_(positions);
        return _positions?.narrow(0, 0, Batch).narrow(1, 0, Length + columns);
    }

    /// <summary>Stores [B,heads,T,width] of one layer behind what is there and returns all of it as [B·heads,S,width].</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values) =>
        (Append(_keys[layer], keys), Append(_values[layer], values));

    /// <summary>Counts columns as filled, after every layer has stored them.</summary>
    internal void Advance(long columns) => Length += columns;

    private Tensor Append(Tensor buffer, Tensor added)
    {
        long columns = added.size(2);
        buffer.narrow(0, 0, Batch).narrow(2, Length, columns).copy_(added);
        return buffer.view(-1, Capacity, _width).narrow(0, 0, Batch * _heads).narrow(1, 0, Length + columns);
    }
}
