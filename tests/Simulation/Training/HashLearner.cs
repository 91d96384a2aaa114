using System.Buffers.Binary;
using System.Security.Cryptography;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Models.Adapters;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Simulation.Tests.Training;

/// <summary>A learner whose weights are a hash chain over what it was trained on: they differ for ever after one sequence too many, too few or out of place.</summary>
internal sealed class HashLearner(byte[] weights, long step) : ILearner
{
    public HashLearner()
        : this(SHA256.HashData("base"u8), 0)
    {
    }

    public long Step { get; private set; } = step;

    public double DeviceSeconds => 0;

    public LoraConfig? Adapter => null;

    public byte[] Weights { get; private set; } = weights;

    public StepResult Train(IReadOnlyList<LabelledSequence> sequences)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var sequence in sequences)
        {
            hash.AppendData(sequence.SequenceId.ToBytes());
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(sequence.Tokens));
        }

        var batch = hash.GetHashAndReset();
        if (batch[0] < 20)
        {
            throw new NonFiniteStepException(Step + 1, double.NaN, 1);
        }

        hash.AppendData(Weights);
        hash.AppendData(batch);
        Weights = hash.GetHashAndReset();
        Step++;
        return new StepResult(BinaryPrimitives.ReadUInt16LittleEndian(Weights) / 65536.0, 1, 1e-3);
    }

    public IReadOnlyDictionary<string, Tensor> CopyWeights(ScalarType dtype) => CopyTrained();

    public IReadOnlyDictionary<string, Tensor> CopyTrained() => new Dictionary<string, Tensor> { ["weights"] = tensor(Array.ConvertAll(Weights, part => (float)part)) };

    public IReadOnlyDictionary<string, Tensor> CopyOptimizer() => new Dictionary<string, Tensor> { ["step"] = tensor(new[] { (float)Step }) };

    public void Dispose()
    {
    }
}
