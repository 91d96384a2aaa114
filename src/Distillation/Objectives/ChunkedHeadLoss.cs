using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// Head and loss over some positions at a time: logits, loss and both gradients of a chunk before the next one, so that [P, V] is never held. One buffer of
/// [chunk, V] holds a chunk's logits and then their gradient. Deterministic: the chunks depend on shapes and budget alone, and are added up in order.
/// </summary>
/// <param name="objective">What is minimised.</param>
/// <param name="chunkBytes">The most memory for the buffer; at least one position is worked on whatever it is.</param>
public sealed class ChunkedHeadLoss(Objective objective, long chunkBytes)
{
    private const long HeadRows = 16_384;

    /// <summary>A budget for a device: enough for products to run at full speed, since each of them reads the whole head.</summary>
    public static long DefaultChunkBytes(Device device) => device.type == DeviceType.CPU ? 168L << 20 : 512L << 20;

    /// <summary>Takes the loss of all positions back to hidden states and head.</summary>
    /// <param name="hidden">[P, H] states that predict the targets.</param>
    /// <param name="head">[V, H], of the states' type. Float64 is computed in float64, everything else has the loss in float32; logits are rounded to the head's type once.</param>
    /// <param name="tokenCount">Rows of the head that are tokens; the others have logits −∞.</param>
    /// <param name="targets">The teacher's side of the P positions.</param>
    /// <param name="globalCount">Valid positions of the whole step.</param>
    /// <param name="headGradient">[V, H] that the head's gradient is added to, chunk by chunk: float32 under bfloat16. Null where the head is not trained.</param>
    /// <returns>The loss, and its gradient in the hidden states, [P, H], in the caller's dispose scope.</returns>
    public (double Loss, Tensor HiddenGradient) Backward(Tensor hidden, Tensor head, int tokenCount, SoftTargets targets, double globalCount, Tensor? headGradient)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (positions, vocabulary) = (hidden.shape[0], head.shape[0]);
        var dtype = head.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var chunk = ChunkSize(positions, vocabulary, dtype, head.dtype);
        var buffer = empty(chunk, vocabulary, dtype, head.device);
        var hiddenGradient = empty_like(hidden);
        var loss = zeros(1, ScalarType.Float64, head.device);
        for (long start = 0; start < positions; start += chunk)
        {
            using var chunkScope = NewDisposeScope();
            var length = Math.Min(chunk, positions - start);
            var (rows, logits) = (hidden.narrow(0, start, length), buffer.narrow(0, 0, length));
            Multiply(logits, rows, head.t());
            logits.narrow(1, tokenCount, vocabulary - tokenCount).fill_(Scalars.NegativeInfinity);
            loss.add_(objective.ReplaceByGradient(logits, targets.Narrow(start, length), globalCount), Scalars.One);

            var gradient = logits.to_type(head.dtype);
            hiddenGradient.narrow(0, start, length).addmm_(gradient, head, beta: 0);
            if (headGradient is not null)
            {
                // a product in a narrower type than the sum's would be rounded before it is added
                AddHeadGradient(headGradient, logits.to_type(headGradient.dtype), rows.to_type(headGradient.dtype));
            }
        }

        return (loss.item<double>(), hiddenGradient.MoveToOuterDisposeScope());
    }

    /// <summary>Positions a chunk, all chunks about equally long. A second divergence and a head of another type each need as much again.</summary>
    private long ChunkSize(long positions, long vocabulary, ScalarType dtype, ScalarType headDtype)
    {
        var buffers = 1 + (objective.CrossEntropyWeight is > 0 and < 1 ? 1 : 0) + (headDtype == dtype ? 0 : 1);
        var most = Math.Max(1, chunkBytes / (buffers * vocabulary * (dtype == ScalarType.Float64 ? 8 : 4)));
        var chunks = (positions + most - 1) / most;
        return (positions + chunks - 1) / chunks;
    }

    /// <summary>Adds gradientᵀ · rows, some of the head's rows at a time: a product packs what it multiplies, at once as much again as the chunk.</summary>
    private static void AddHeadGradient(Tensor sum, Tensor gradient, Tensor rows)
    {
        var vocabulary = sum.shape[0];
        for (long start = 0; start < vocabulary; start += HeadRows)
        {
            using var scope = NewDisposeScope();
            var length = Math.Min(HeadRows, vocabulary - start);
            sum.narrow(0, start, length).addmm_(gradient.narrow(1, start, length).t(), rows);
        }
    }

    /// <summary>A product in the place of what is there, rounded once where the types differ.</summary>
    private static void Multiply(Tensor result, Tensor left, Tensor right)
    {
        if (result.dtype == left.dtype)
        {
            result.addmm_(left, right, beta: 0);
        }
        else
        {
            result.copy_(left.mm(right));
        }
    }
}
