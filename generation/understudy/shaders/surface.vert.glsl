// Skin, eyes, teeth, cloth and glasses: the head turns about the neck, the body under it by its own angle.
in vec3 position, normal;
in vec4 colour;  // albedo, strength of highlights
in vec3 rest;    // position on the mean head or the garment's own, where patterns are drawn
in vec2 kind;    // material, ambient occlusion
uniform mat4 view_projection, head_matrix, body_matrix;
uniform float on_body;
out vec3 W, N, C, P;
out float M, occlusion, shine;
void main() {
    float head = on_body > .5 ? 0. : smoothstep(-14., -7.6, rest.y);
    W = mix((body_matrix * vec4(position, 1)).xyz, (head_matrix * vec4(position, 1)).xyz, head);
    N = mix(mat3(body_matrix) * normal, mat3(head_matrix) * normal, head);
    C = colour.rgb;
    shine = colour.a;
    P = rest;
    M = kind.x;
    occlusion = kind.y;
    gl_Position = view_projection * vec4(W, 1);
}
