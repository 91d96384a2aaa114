namespace Reflux.Distillation.Records;

[Flags]
internal enum LabelledSequenceFlags
{
    None = 0,
    Keyed = 1,
    Holdout = 2,
    Masked = 4,
    OnPolicy = 8,
    All = Keyed | Holdout | Masked | OnPolicy,
}
