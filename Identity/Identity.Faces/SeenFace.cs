namespace Yinxin.Identity.Faces;

/// <summary>A face as the script reports it.</summary>
/// <param name="Score">How sure it is that there is one.</param>
/// <param name="Box">Left, top, width, height.</param>
/// <param name="Yaw">Radians; the sign is the script's.</param>
/// <param name="Pitch">Radians.</param>
/// <param name="Roll">Radians.</param>
/// <param name="Real">Against screens and prints.</param>
/// <param name="Live">Against pictures.</param>
/// <param name="Description">What makes the face this person's.</param>
/// <param name="Mesh">478 points, each x, y, z.</param>
internal sealed record SeenFace(
    double Score, IReadOnlyList<double> Box, double Yaw, double Pitch, double Roll, double Real, double Live, IReadOnlyList<double> Description, IReadOnlyList<double> Mesh);
