using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// A forward that keeps the input of each block and no graph; on the way back every block is computed once more. Source: Chen et al. 2016, "Training deep
/// nets with sublinear memory cost", with one segment a block. Its tensors belong to the dispose scope in which it was made.
/// </summary>
public sealed class RecomputedPass
{
    private readonly Func<Tensor> _embed;
    private readonly IReadOnlyList<Func<Tensor, Tensor>> _blocks;
    private readonly Tensor[] _inputs;

    /// <param name="embed">The first block's input.</param>
    /// <param name="blocks">[N,H] to [N,H] each, in order. Each is called twice and computes the same both times.</param>
    internal RecomputedPass(Func<Tensor> embed, IReadOnlyList<Func<Tensor, Tensor>> blocks)
    {
        (_embed, _blocks) = (embed, blocks);
        _inputs = new Tensor[blocks.Count];
        using IDisposable gradients = no_grad();
        Hidden = embed();
        for (int block = 0; block < blocks.Count; block++)
        {
            _inputs[block] = Hidden;
            Hidden = blocks[block](Hidden);
        }
    }

    /// <summary>What the last block yields, [N,H]; without a graph.</summary>
    public Tensor Hidden { get; }

    /// <summary>Takes a gradient of <see cref="Hidden"/> back and adds to the gradients of everything trainable. To be called once.</summary>
    /// <param name="gradient">[N,H]</param>
    public void Backward(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        for (int block = _blocks.Count - 1; block >= 0; block--)
        {
            using var blockScope = NewDisposeScope();
            Tensor input = _inputs[block].detach();
            input.requires_grad = true;
            _blocks[block](input).backward([gradient]);
            gradient = input.grad!.MoveToOuterDisposeScope();
            _inputs[block].Dispose();
        }

        Tensor embedded = _embed();
        if (embedded.requires_grad)
        {
            embedded.backward([gradient]);
        }
    }
}
