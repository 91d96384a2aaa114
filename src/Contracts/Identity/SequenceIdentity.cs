using System.Text;

namespace Reflux.Contracts.Identity;

/// <summary>How prompts and sequences get their ids. Lanes enter by UUID, never by name, so that a renamed or recreated lane can't collide.</summary>
public static class SequenceIdentity
{
    /// <summary>The prompt id of a client's idempotency key within a lane: the same key names the same prompt, so a retry is harmless.</summary>
    public static Id128 PromptId(Guid lane, string idempotencyKey) =>
        Id128.Hash("prompt"u8.ToArray(), lane.ToByteArray(bigEndian: true), Encoding.UTF8.GetBytes(idempotencyKey));

    /// <summary>The id of the <paramref name="sample"/>-th answer to a prompt.</summary>
    public static Id128 SequenceId(Guid lane, Id128 prompt, int sample) =>
        Id128.Hash("sequence"u8.ToArray(), lane.ToByteArray(bigEndian: true), prompt.ToBytes(), BitConverter.GetBytes(sample));
}
