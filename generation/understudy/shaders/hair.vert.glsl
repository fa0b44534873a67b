// One strand an instance: grows a ribbon from its root step by step, over the skull, face and shoulders.
in vec3 root, root_normal;
in vec4 chance;  // four numbers in 0-1 that belong to the strand
uniform mat4 view_projection, head_matrix;
uniform vec3 eye, down, comb, skull, skull_radii;
uniform vec4 gather;  // where gathered hair runs to; w > 0: one point a side
uniform int mode, segments;
uniform float length_cm, spread, pull, lie, curl, curl_rate, width, volume, cling, part, part_lift, clear_face;
out vec3 W, T, root_at;
out float along, tint, layer;

const int COMBED = 0, PARTED = 1, GATHERED = 2, UPRIGHT = 3, SHORT = 4, PLAIT = 5;

vec3 wanted(vec3 p, vec3 n) {
    if (mode == PARTED) return normalize(vec3(tanh((p.x - part) * 1.2) * 1.5, -.1, part_lift));
    if (mode == GATHERED) {
        vec3 to = gather.xyz;
        if (gather.w > 0.) to.x *= root.x < 0. ? -1. : 1.;
        return normalize(to - p + 1e-4);
    }
    if (mode == UPRIGHT) return n;
    if (mode == SHORT) return normalize(vec3(comb.x * sign(root.x), comb.yz) + 1e-4);
    return normalize(comb + 1e-4);
}
vec3 outside(vec3 p, vec3 centre, vec3 radii) {
    vec3 k = (p - centre) / radii;
    float l = length(k);
    return l < 1. ? centre + k / l * radii : p;
}
vec3 off_face(vec3 p, float side) {  // long hair falls beside the face, not over it
    float below = smoothstep(8.5, 5.5, p.y) * clear_face;
    float beside = (6.9 * skull_radii.x / 7.6) * below * smoothstep(-1., 3., p.z);
    if (abs(p.x) < beside || p.x * side < 0.) p.x = mix(p.x, side * max(beside, abs(p.x)), below);
    p.z = mix(p.z, min(p.z, 3.6 + chance.y), below);
    return p;
}
vec3 grown(vec3 p, vec3 n, int steps, float step_cm, out vec3 before) {
    float thick = volume * (.15 + chance.y), side = root.x - part < 0. ? -1. : 1.;
    vec3 d = wanted(p, n), flat_d = normalize(d - n * dot(d, n) + 1e-4);
    d = normalize(mix(n, flat_d, lie) + .25 * (chance.yzw - .5) * (1. - .6 * lie));
    before = p - n * .1;
    for (int i = 0; i < steps; i++) {
        before = p;
        vec3 k = (p - skull) / skull_radii, out_n = normalize(k / skull_radii), way = wanted(p, n);
        if (mode != UPRIGHT) way -= out_n * min(dot(way, out_n), 0.) * .9;
        float near = smoothstep(1.35, 1.02, length(k)) * cling;
        vec3 aim = normalize(mix(down, way, mode == GATHERED ? 1. : mode == UPRIGHT ? 1. - pull : near) + 1e-4);
        d = normalize(mix(d, aim, pull));
        if (mode == GATHERED) {
            vec3 to = gather.xyz;
            if (gather.w > 0.) to.x *= root.x < 0. ? -1. : 1.;
            p += d * min(step_cm, length(to - p) * .5);
        } else p += d * step_cm;
        if (mode == SHORT) continue;
        p = outside(p, skull, skull_radii + thick);
        if (clear_face > 0.) p = off_face(p, side);
        p = outside(p, vec3(0, -22, -2.5), vec3(21, 10, 10) + thick * .4);
    }
    return p;
}
vec3 plaited(float t) {  // three strands that pass over each other, down past the collar bones
    float side = root.x < 0. ? -1. : 1., lobe = floor(chance.x * 3.), turn = t * length_cm * 1.05;
    vec3 axis = vec3(side * (7.4 + 1.2 * t - .6 * t * t), -1. - length_cm * t, -1.5 + 11.5 * smoothstep(.05, .6, t));
    axis = outside(axis, vec3(0, -22, -2.5), vec3(21.5, 11, 11));
    float phase = turn + 2.0944 * lobe, taper = mix(1., .55, t);
    vec3 weave = vec3(.85 * sin(phase), 0, .5 * sin(2. * phase)) * taper;
    float a = chance.y * 6.283, r = .62 * sqrt(chance.z) * taper;
    return axis + weave + vec3(cos(a), .2 * sin(a * 3.), sin(a)) * r;
}
void main() {
    int index = gl_VertexID / 2;
    float edge = float(gl_VertexID - 2 * index) * 2. - 1., t = float(index) / float(segments);
    float reach = length_cm * (1. - spread * chance.x);
    vec3 before, p;
    if (mode == PLAIT) {
        p = plaited(t);
        before = plaited(t - .5 / float(segments));
    } else p = grown(root, normalize(root_normal), index, reach / float(segments), before);
    vec3 d = normalize(p - before + 1e-5), a = normalize(cross(d, vec3(.3, .2, 1.))), b = cross(d, a);
    float phase = hash(floor(root * 1.1)) * 6.28 + chance.z * 1.2, s = t * reach, angle = s * curl_rate + phase;
    float amount = curl * smoothstep(0., curl_rate < 2. ? 7. : 2.5, s);  // long waves begin below the crown
    p += amount * (a * cos(angle) + b * sin(angle));
    if (mode != PLAIT && clear_face > 0.) p = off_face(p, root.x - part < 0. ? -1. : 1.);
    d = normalize(d + amount * curl_rate * (b * cos(angle) - a * sin(angle)));
    W = (head_matrix * vec4(p, 1)).xyz;
    T = mat3(head_matrix) * d;
    W += normalize(cross(T, normalize(eye - W))) * edge * width * (1. - .6 * t * t) * .5;
    along = t;
    tint = chance.w;
    layer = chance.y;
    root_at = root;
    gl_Position = view_projection * vec4(W, 1);
}
