using Reflux.Contracts.Definitions;
using Reflux.Models;
using Reflux.Silo.Options;

namespace Reflux.Silo.Ingestion;

/// <summary>
/// Looks at the model directories that a spec names, so that a wrong one is refused where its owner sees it. A gateway that does not use them itself
/// looks only where the directory exists here: the paths are as the labelling and training silos see them.
/// </summary>
internal sealed class ModelChecks(SiloSettings silo)
{
    /// <exception cref="ModelException"><c>model-invalid</c> or <c>model-unsupported</c>.</exception>
    public void CheckTeacher(TeacherSpec spec)
    {
        if (SpecRules.Problem(spec) is null && IsSeenHere(spec.Model, SiloRoles.Teacher))
        {
            ModelDirectory.Check(spec.Model);
        }
    }

    /// <exception cref="ModelException"><c>model-invalid</c> or <c>model-unsupported</c>.</exception>
    public void CheckStudent(StudentSpec spec)
    {
        if (SpecRules.Problem(spec) is not null)
        {
            return;
        }

        if (spec.Base.Directory is { } directory && IsSeenHere(directory, SiloRoles.Student))
        {
            ModelDirectory.Check(directory);
        }
        else if (spec.Base.Fresh is { } fresh && IsSeenHere(fresh.TokenizerFrom, SiloRoles.Student))
        {
            ModelDirectory.CheckText(fresh.TokenizerFrom);
        }
    }

    private bool IsSeenHere(string directory, SiloRoles user) => silo.Has(user) || Directory.Exists(directory);
}
