using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Models;
using Reflux.Models.Tokenizers;
using Reflux.Silo.Options;

namespace Reflux.Silo.Ingestion;

/// <summary>
/// Looks at the model directories that a spec names, so that a wrong one is refused where its owner sees it. A gateway that does not use them itself
/// looks only where the directory exists here: the paths are as the labelling and training silos see them.
/// </summary>
internal sealed class ModelChecks(SiloSettings silo)
{
    private const string Weights = "model.safetensors";

    /// <exception cref="RefluxException"><c>model-invalid</c> or <c>model-unsupported</c>.</exception>
    public void CheckTeacher(TeacherSpec spec)
    {
        if (SpecRules.Problem(spec) is null && IsSeenHere(spec.Model, SiloRoles.Teacher))
        {
            CheckText(spec.Model);
            CheckWeights(spec.Model);
        }
    }

    /// <exception cref="RefluxException"><c>model-invalid</c> or <c>model-unsupported</c>.</exception>
    public void CheckStudent(StudentSpec spec)
    {
        if (SpecRules.Problem(spec) is not null)
        {
            return;
        }

        if (spec.Base.Directory is { } directory && IsSeenHere(directory, SiloRoles.Student))
        {
            CheckText(directory);
            CheckWeights(directory);
        }
        else if (spec.Base.Fresh is { } fresh && IsSeenHere(fresh.TokenizerFrom, SiloRoles.Student))
        {
            CheckText(fresh.TokenizerFrom);
        }
    }

    private bool IsSeenHere(string directory, SiloRoles user) => silo.Has(user) || Directory.Exists(directory);

    private static void CheckText(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw Invalid(directory, "it does not exist");
        }

        ModelConfig.Load(directory);
        Tokenizer.Load(Path.Combine(directory, "tokenizer.json"));
        PromptTemplate.Load(directory);
    }

    private static void CheckWeights(string directory)
    {
        if (!File.Exists(Path.Combine(directory, Weights)))
        {
            throw Invalid(directory, $"it has no {Weights}");
        }
    }

    private static RefluxException Invalid(string directory, string why) =>
        new(ErrorCodes.ModelInvalid, $"the model directory {directory} can't be used: {why}", "Name a complete Hugging Face directory, as the silos see it.");
}
