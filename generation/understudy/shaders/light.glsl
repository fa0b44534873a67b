// Three lights and a sky, the key's shadow, and the film curve that colours.py inverts.
uniform vec3 key_at, key_rgb, fill_at, fill_rgb, rim_at, rim_rgb, sky, ground, eye;
uniform mat4 shadow_matrix;
uniform float softness;
uniform sampler2DShadow shadow;

float lit(vec3 world, vec3 normal, float bias) {  // 0 in the key's shadow, 1 out of it
    vec3 c = (shadow_matrix * vec4(world + normal * .12, 1)).xyz * .5 + .5;
    float turn = hash(world * 31.) * 6.283, sum = 0.;
    for (int i = 0; i < 12; i++) {
        float angle = turn + float(i) * 2.39996;
        vec2 offset = vec2(cos(angle), sin(angle)) * sqrt((float(i) + .5) / 12.) * softness;
        sum += texture(shadow, vec3(c.xy + offset, c.z - bias));
    }
    return sum / 12.;
}
vec3 film(vec3 c) {
    c = max(c, 0.);
    return encoded(c * (1. + c / 3.2) / (1. + c));
}
