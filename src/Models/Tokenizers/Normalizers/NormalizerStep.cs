namespace Reflux.Models.Tokenizers.Normalizers;

/// <summary>One rewriting of a text before it is cut.</summary>
internal abstract record NormalizerStep
{
    /// <param name="text">What to rewrite.</param>
    /// <param name="isStart">Whether a section begins with it; false for its later parts.</param>
    public abstract string Apply(string text, bool isStart);

    /// <summary>Unicode Normalization Form C.</summary>
    public sealed record Compose : NormalizerStep
    {
        public override string Apply(string text, bool isStart) => FormC.Of(text);
    }

    /// <summary>Writes <paramref name="Prefix"/> in front of a section that isn't empty.</summary>
    public sealed record Prepend(string Prefix) : NormalizerStep
    {
        public override string Apply(string text, bool isStart) => isStart && text.Length > 0 ? Prefix + text : text;
    }

    /// <summary>Replaces every <paramref name="Pattern"/>, from the left.</summary>
    public sealed record Replace(string Pattern, string Content) : NormalizerStep
    {
        public override string Apply(string text, bool isStart) => text.Replace(Pattern, Content, StringComparison.Ordinal);
    }
}
