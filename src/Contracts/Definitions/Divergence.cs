using System.Globalization;
using Reflux.Contracts.Errors;

namespace Reflux.Contracts.Definitions;

/// <summary>
/// A divergence as a spec names it: <c>forward_kl</c>, <c>reverse_kl</c>, <c>jsd(β)</c>, <c>skew_forward_kl(α)</c>, <c>skew_reverse_kl(α)</c> or <c>tvd</c>.
/// </summary>
public sealed record Divergence
{
    private const string Field = "training.objective";

    private static readonly (string Name, DivergenceKind Kind, bool HasParameter)[] Forms =
    [
        ("forward_kl", DivergenceKind.ForwardKl, false),
        ("reverse_kl", DivergenceKind.ReverseKl, false),
        ("jsd", DivergenceKind.Jsd, true),
        ("skew_forward_kl", DivergenceKind.SkewForwardKl, true),
        ("skew_reverse_kl", DivergenceKind.SkewReverseKl, true),
        ("tvd", DivergenceKind.Tvd, false),
    ];

    private Divergence(DivergenceKind kind, double parameter) => (Kind, Parameter) = (kind, parameter);

    /// <summary>KL(p ‖ q): what a spec that names none trains with.</summary>
    public static Divergence ForwardKl { get; } = new(DivergenceKind.ForwardKl, 0);

    /// <summary>Which one.</summary>
    public DivergenceKind Kind { get; }

    /// <summary>β or α, between 0 and 1 exclusive; 0 where there is none.</summary>
    public double Parameter { get; }

    /// <summary>Reads the text form; white space and other spellings are not accepted.</summary>
    /// <exception cref="RefluxException">There is no such divergence, or its parameter is missing, surplus or out of range (invalid-request).</exception>
    public static Divergence Parse(string text) => Read(text, out var divergence) is { } problem ? throw problem : divergence;

    /// <summary>The text form, which <see cref="Parse"/> reads back to the same value.</summary>
    public override string ToString()
    {
        var (name, _, hasParameter) = Array.Find(Forms, form => form.Kind == Kind);
        return hasParameter ? string.Create(CultureInfo.InvariantCulture, $"{name}({Parameter})") : name;
    }

    internal static RefluxException? Read(string? text, out Divergence divergence)
    {
        divergence = ForwardKl;
        var opening = text?.IndexOf('(', StringComparison.Ordinal) ?? -1;
        var name = opening < 0 ? text : text![..opening];
        var (known, kind, hasParameter) = Array.Find(Forms, form => form.Name == name);
        if (known is null)
        {
            return SpecRules.Invalid(
                Field,
                $"'{SpecRules.Shortened(text)}' is unknown",
                $"Give one of {string.Join(", ", Forms.Select(form => form.HasParameter ? $"{form.Name}(0.5)" : form.Name))}; the number lies between 0 and 1.");
        }

        if (!hasParameter)
        {
            divergence = new Divergence(kind, 0);
            return opening < 0 ? null : SpecRules.Invalid(Field, $"{known} takes no number", $"Give {known}.");
        }

        // the ends are other divergences or constants: jsd(β → 0) is not KL, and neither is its gradient
        if (opening < 0 || text![^1] != ')'
            || !double.TryParse(text.AsSpan(opening + 1, text.Length - opening - 2), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var parameter)
            || parameter is not (> 0 and < 1))
        {
            return SpecRules.Invalid(
                Field,
                $"'{SpecRules.Shortened(text)}' lacks a number between 0 and 1",
                $"Give {known}(0.5), or another number above 0 and below 1.");
        }

        divergence = new Divergence(kind, parameter);
        return null;
    }
}
