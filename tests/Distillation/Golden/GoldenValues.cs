using System.Text.Json;

namespace Reflux.Distillation.Tests.Golden;

/// <summary>Reference values computed in float64 from the formulas alone (distill_golden.json): teacher and student logits over eight tokens and what follows from them.</summary>
internal static class GoldenValues
{
    private static readonly JsonElement Root =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "distill_golden.json"))).RootElement;

    public static double[] Teacher => Values("teacher_logits");

    public static double[] Student => Values("student_logits");

    public static double Value(string name) => Root.GetProperty(name).GetDouble();

    public static double Value(string name, string member) => Root.GetProperty(name).GetProperty(member).GetDouble();

    public static double[] Values(string name, string member) => [.. Root.GetProperty(name).GetProperty(member).EnumerateArray().Select(value => value.GetDouble())];

    public static double[] Values(string name) => [.. Root.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    public static double[] Probabilities(double[] logits, double temperature = 1)
    {
        var weights = logits.Select(logit => Math.Exp(logit / temperature)).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}
